package io.vertebra.graph;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.ScaledAdd;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** How the attributes of operators are written in JSON: records as objects, alternatives by name. */
final class OpJson {
    private static final String INITIAL_BIAS = "initialBias";

    /** What a sum with the factor −1 was called when differences were an operator of their own. */
    private static final String SUBTRACT = "subtract";

    private OpJson() {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Padding.Explicit.class, name = "explicit"),
        @JsonSubTypes.Type(value = Padding.Same.class, name = "same")
    })
    private interface PaddingKinds {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Initializer.Constant.class, name = "constant"),
        @JsonSubTypes.Type(value = Initializer.Normal.class, name = "normal"),
        @JsonSubTypes.Type(value = Initializer.KaimingNormalFanOut.class, name = "kaiming_normal_fan_out"),
        @JsonSubTypes.Type(value = Initializer.Uniform.class, name = "uniform"),
        @JsonSubTypes.Type(value = Initializer.Spread.class, name = "spread")
    })
    private interface InitializerKinds {}

    /** Absent if zero, as in graphs that were written before there was one. */
    private interface ConvolutionForm {
        @JsonInclude(JsonInclude.Include.NON_DEFAULT)
        @JsonProperty
        double initialBias();
    }

    static ObjectMapper mapper() {
        return JsonMapper.builder()
                // a record is its components: Shape.isKnown() is none
                .visibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
                .addMixIn(Padding.class, PaddingKinds.class)
                .addMixIn(Initializer.class, InitializerKinds.class)
                .addMixIn(Convolution.class, ConvolutionForm.class)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .build();
    }

    /** The operator that these attributes make, of one of the {@link #kinds()}. */
    static Op read(ObjectMapper mapper, String kind, Class<? extends Op> type, JsonNode attributes)
            throws JsonProcessingException {
        if (type == Convolution.class && attributes instanceof ObjectNode object && !object.has(INITIAL_BIAS)) {
            return mapper.treeToValue(object.deepCopy().put(INITIAL_BIAS, 0), type);
        }
        if (kind.equals(SUBTRACT) && attributes instanceof ObjectNode object) {
            return mapper.treeToValue(object.deepCopy().put("factor", -1), type);
        }
        return mapper.treeToValue(attributes, type);
    }

    /** Every operator by its name, and by that of before. */
    static Map<String, Class<? extends Op>> kinds() {
        Map<String, Class<? extends Op>> kinds = new TreeMap<>();
        Arrays.stream(Op.class.getPermittedSubclasses())
                .map(c -> c.<Op>asSubclass(Op.class))
                .forEach(c -> kinds.put(Op.kind(c), c));
        kinds.put(SUBTRACT, ScaledAdd.class);
        return kinds;
    }
}
