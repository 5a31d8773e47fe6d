package dev.semblance.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;

/**
 * Finds id and time in a JSON event, for the key and the pace of a replay only; nothing is checked. Reads no further
 * than it must. Thread-safe.
 */
final class EventFields {

    private static final List<String> KNOWN_IDS = List.of("/id_str", "/id", "/data/id_str", "/data/id");
    private static final List<String> KNOWN_TIMES = List.of("/created_at", "/timestamp_ms", "/timestamp",
            "/data/created_at");
    private static final JsonFactory JSON = new JsonFactory();

    /** In order of preference, as JSON pointers. */
    private final List<String> ids;
    private final List<String> times;

    /** Null for the well-known names. */
    EventFields(String idField, String timeField) {
        this.ids = idField == null ? KNOWN_IDS : List.of(pointer(idField));
        this.times = timeField == null ? KNOWN_TIMES : List.of(pointer(timeField));
    }

    private static String pointer(String field) {
        return field.startsWith("/") ? field : "/" + escape(field);
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /**
     * @param id     null where there is none
     * @param timeMs −1 where there is none that can be read
     */
    record Found(String id, long timeMs) {}

    /** Broken JSON yields what was found before the break. */
    Found find(byte[] json) {
        Search search = new Search();
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                search.object(parser, "");
            }
        } catch (IOException e) {
            // The decoder will say what is wrong with it.
        }
        return new Found(search.id, EventTimes.parse(search.time));
    }

    /** One pass over one event. */
    private final class Search {

        private String id;
        private int idRank = ids.size();
        private String time;
        private int timeRank = times.size();

        private void object(JsonParser parser, String path) throws IOException {
            while ((idRank > 0 || timeRank > 0) && parser.nextToken() == JsonToken.FIELD_NAME) {
                String here = path + "/" + escape(parser.currentName());
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_OBJECT && leadsOn(here + "/")) {
                    object(parser, here);
                } else if (value.isStructStart()) {
                    parser.skipChildren();
                } else if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
                    take(parser, here);
                }
            }
        }

        private void take(JsonParser parser, String here) throws IOException {
            int rank = ids.indexOf(here);
            if (rank >= 0 && rank < idRank && !parser.getText().isEmpty()) {
                id = parser.getText();
                idRank = rank;
            }
            rank = times.indexOf(here);
            if (rank >= 0 && rank < timeRank) {
                time = parser.getText();
                timeRank = rank;
            }
        }

        private boolean leadsOn(String prefix) {
            return ids.stream().anyMatch(p -> p.startsWith(prefix))
                    || times.stream().anyMatch(p -> p.startsWith(prefix));
        }
    }
}
