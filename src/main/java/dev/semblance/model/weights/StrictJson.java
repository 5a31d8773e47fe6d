package dev.semblance.model.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** JSON token by token, so that a foreign file never becomes a tree: UTF-8 only, no key twice in an object. */
final class StrictJson {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    private StrictJson() {}

    /** Throws {@link IOException} where it finds no valid JSON; {@link #reason} says why. */
    static JsonParser parser(byte[] utf8) throws IOException {
        return FACTORY.createParser(new InputStreamReader(new ByteArrayInputStream(utf8),
                StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    static String reason(IOException e) {
        return switch (e) {
            case java.nio.charset.CharacterCodingException _ -> "it is not in UTF-8";
            case com.fasterxml.jackson.core.JsonProcessingException j ->
                Shown.name(j.getOriginalMessage()) + (j.getLocation() == null
                        ? ""
                        : " at column " + j.getLocation().getColumnNr() + " of line " + j.getLocation().getLineNr());
            default -> Shown.name(e.toString());
        };
    }
}
