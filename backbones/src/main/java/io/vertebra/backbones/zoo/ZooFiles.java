package io.vertebra.backbones.zoo;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The zoo's YAML: {@code index.yaml} names the models of each family, {@code FAMILY.yaml} says what is published of them. */
final class ZooFiles {
    private static final JsonMapper RECORDS = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private final Function<String, InputStream> source;

    /** Files that a function opens by name; it gives {@code null} for one that is not there. */
    ZooFiles(Function<String, InputStream> source) {
        this.source = source;
    }

    /** Those in the resources. */
    static ZooFiles ofResources() {
        return new ZooFiles(name -> ZooFiles.class.getResourceAsStream("/io/vertebra/backbones/zoo/" + name));
    }

    /** The family of each model, in the order of the file. */
    Map<String, String> index() {
        Map<String, List<String>> families = read("index.yaml", new TypeReference<>() {});
        Map<String, String> byModel = new LinkedHashMap<>();
        families.forEach((family, models) -> models.forEach(model -> {
            if (byModel.put(model, family) != null) {
                throw new IllegalStateException("zoo/index.yaml: " + model + " stands there twice");
            }
        }));
        return byModel;
    }

    /** What is published of the models of a family. */
    List<Zoo.Entry> family(String name) {
        return read(name + ".yaml", new TypeReference<>() {});
    }

    private <T> T read(String name, TypeReference<T> type) {
        String resource = "zoo/" + name;
        try (InputStream in = source.apply(name)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + resource + " is missing");
            }
            LoadSettings settings = LoadSettings.builder().setLabel(resource).build();
            return RECORDS.convertValue(new Load(settings).loadFromInputStream(in), type);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + resource + " cannot be read", e);
        } catch (YamlEngineException | IllegalArgumentException e) {
            throw new IllegalStateException("the resource " + resource + " is malformed: " + e.getMessage(), e);
        }
    }
}
