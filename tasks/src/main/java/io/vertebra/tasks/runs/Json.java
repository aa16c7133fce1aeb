package io.vertebra.tasks.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** JSON as the files of a run hold it: NaN and infinities are written bare, as Python reads and writes them. */
public final class Json {
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private Json() {}

    /** One value in one line, without the line's end. */
    public static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // plain values always can be written
        }
    }

    /** A list, one element a line. */
    public static byte[] lines(List<? extends Map<String, Object>> values) {
        String text = values.stream().map(Json::line).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A value over several lines, for people. */
    public static byte[] pretty(Object value) {
        try {
            String text = MAPPER.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value) + "\n";
            return text.getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // as above
        }
    }
}
