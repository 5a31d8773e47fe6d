package dev.semblance.ingest;

import com.fasterxml.jackson.core.ErrorReportConfiguration;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.semblance.record.Rejection.Reason;

/**
 * JSON (RFC 8259) as a tree, within bounds. Refused: a name twice in one object, anything after the value, nesting
 * deeper than 64, names over 1000 and numbers over 1000 characters, strings over the larger of 1 Mi characters and four
 * times {@code text.max.bytes}. Numbers keep their digits.
 *
 * <p>Thread: any.
 */
final class StrictJson {

    static final int MAX_DEPTH = 64;
    private static final int MAX_NAME_CHARS = 1000;
    private static final int MAX_NUMBER_CHARS = 1000;
    private static final int MIN_STRING_BOUND_CHARS = 1 << 20;
    private static final int MAX_REASON_CHARS = 100;
    private static final int MAX_TOKEN_CHARS = 60;

    private final ObjectReader reader;

    StrictJson(int textMaxBytes) {
        StreamReadConstraints constraints = StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH)
                .maxNameLength(MAX_NAME_CHARS).maxNumberLength(MAX_NUMBER_CHARS)
                .maxStringLength((int) Math.max(MIN_STRING_BOUND_CHARS, Math.min(4L * textMaxBytes, Integer.MAX_VALUE)))
                .build();
        // Interning pays for a few known names; here they are whatever producers send.
        JsonFactory factory = JsonFactory.builder().streamReadConstraints(constraints)
                .errorReportConfiguration(
                        ErrorReportConfiguration.builder().maxErrorTokenLength(MAX_TOKEN_CHARS).build())
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();
        reader = JsonMapper.builder(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build().readerFor(JsonNode.class);
    }

    /**
     * @param text without a byte order mark
     * @throws RefusedException MALFORMED or TOO_LARGE, with line and column
     */
    JsonNode parse(String text) {
        try {
            JsonNode root = reader.readTree(text);
            if (root.isMissingNode()) {
                throw new RefusedException(Reason.MALFORMED, "not valid JSON: there is no value in it");
            }
            return root;
        } catch (StreamConstraintsException e) {
            throw new RefusedException(Reason.TOO_LARGE, "JSON beyond the limits" + where(e));
        } catch (JsonProcessingException e) {
            throw new RefusedException(Reason.MALFORMED, "not valid JSON" + where(e));
        }
    }

    private static String where(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        String place = at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
        return place + ": " + Excerpt.of(e.getOriginalMessage(), MAX_REASON_CHARS);
    }
}
