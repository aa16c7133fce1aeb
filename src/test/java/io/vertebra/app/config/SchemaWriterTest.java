package io.vertebra.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class SchemaWriterTest {
    private static final ObjectNode SCHEMA = new SchemaWriter(
                    Samples.VOCABULARY, name -> name.equals("Samples.Plan.rounds") ? "how often" : null)
            .write("plan", Samples.Plan.class);

    @Test
    void tellsWhatIsRequiredAndWhatIsDefault() {
        assertThat(SCHEMA.at("/required").toString()).isEqualTo("[\"title\"]");
        assertThat(SCHEMA.at("/properties/rounds").toString())
                .isEqualTo("{\"description\":\"how often\",\"type\":\"integer\",\"default\":3}");
        assertThat(SCHEMA.at("/properties/mode").toString())
                .isEqualTo("{\"enum\":[\"fast\",\"exact\"],\"default\":\"exact\"}");
        assertThat(SCHEMA.at("/properties/seed").has("default")).isFalse();
        assertThat(SCHEMA.at("/properties/title").has("default")).isFalse();
        assertThat(SCHEMA.at("/properties/range/$ref").textValue()).isEqualTo("#/$defs/Samples.Range");
        assertThat(SCHEMA.at("/additionalProperties").booleanValue()).isFalse();
    }

    @Test
    void offersANumberOrAList() {
        assertThat(SCHEMA.at("/properties/size").toString())
                .isEqualTo(
                        "{\"oneOf\":[{\"type\":\"integer\"},{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}],\"default\":[224]}");
    }

    @Test
    void offersEachChoiceWithItsKeys() {
        JsonNode options = SCHEMA.at("/$defs/Samples.Rule/oneOf");
        assertThat(options).hasSize(2);
        JsonNode adam = options.get(0);
        assertThat(adam.at("/properties/name/enum").toString()).isEqualTo("[\"adam\"]");
        assertThat(adam.at("/required").toString()).isEqualTo("[\"name\"]");
        assertThat(adam.at("/properties/betas/default").toString()).isEqualTo("[0.9,0.999]");
        assertThat(options.get(1).at("/required").toString()).isEqualTo("[\"learning_rate\",\"name\"]");
        assertThat(options.get(1).at("/properties/momentum/default").doubleValue())
                .isZero();
    }

    @Test
    void addsTheCommonKeysToEachChoice() {
        JsonNode web = SCHEMA.at("/$defs/Samples.Source/oneOf/1");
        assertThat(web.at("/required").toString()).isEqualTo("[\"address\",\"format\"]");
        assertThat(web.at("/properties").fieldNames()).toIterable().containsExactly("format", "address", "cuts");
    }

    @Test
    void offersWordsBesideASection() {
        assertThat(SCHEMA.at("/properties/scaling").toString())
                .isEqualTo("{\"oneOf\":[{\"enum\":[\"weights\"]},{\"$ref\":\"#/$defs/Samples.Fixed\"}]}");
    }
}
