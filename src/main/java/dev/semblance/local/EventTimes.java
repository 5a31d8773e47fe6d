package dev.semblance.local;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Times as sources write them. Good enough to pace a replay; the decoder has the last word on an event's time. */
final class EventTimes {

    /** {@code Wed Oct 10 20:19:24 +0000 2018}, of the X API before v2. */
    private static final DateTimeFormatter V1 = DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss Z yyyy",
            Locale.ENGLISH);

    /** Whole numbers below this are seconds: as milliseconds they would lie in 1973. */
    private static final long SECONDS_BELOW = 100_000_000_000L;

    private EventTimes() {}

    /** Epoch milliseconds; −1 where the text is null or no time after 1970. */
    static long parse(String text) {
        if (text == null || text.length() < 9) {
            return -1;
        }
        try {
            char first = text.charAt(0);
            if (text.matches("\\d{9,16}")) {
                long n = Long.parseLong(text);
                return n < SECONDS_BELOW ? n * 1000 : n;
            }
            Instant time = Character.isDigit(first)
                    ? OffsetDateTime.parse(text.replace(' ', 'T')).toInstant()
                    : OffsetDateTime.parse(text, V1).toInstant();
            return Math.max(-1, time.toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            return -1;
        }
    }
}
