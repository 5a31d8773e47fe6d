package dev.semblance.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.semblance.record.Rejection.Reason;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Times as sources write them → epoch milliseconds. Numbers and numeric strings below 1e11 in size are seconds (till the
 * year 5138), the others milliseconds; fractions of a millisecond are cut off. ISO-8601 without a zone is UTC,
 * without a time midnight.
 */
final class EventTime {

    private static final BigDecimal FIRST_MS = BigDecimal.valueOf(100_000_000_000L);
    private static final BigDecimal MAX_MS = BigDecimal.valueOf(Long.MAX_VALUE);
    /** Digits before and after the point; more is no time, and would be costly to compute with. */
    private static final int MAX_DIGITS = 30;
    private static final int ISO_DATE_CHARS = 10;
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{1,30})?");

    /** ISO-8601 date, time and zone, the last two optional; the zone also as +0000 or +00. */
    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder().parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE).optionalStart().appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME).optionalStart().parseLenient().appendOffset("+HH", "Z")
            .toFormatter(Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    /** "Wed Oct 10 20:19:24 +0000 2018" of the v1.1 API. */
    private static final DateTimeFormatter TWITTER = new DateTimeFormatterBuilder().parseCaseInsensitive()
            .appendPattern("EEE MMM d HH:mm:ss Z uuuu").toFormatter(Locale.US).withResolverStyle(ResolverStyle.STRICT);
    /** "Wed, 10 Oct 2018 20:19:24 +0000" of mail and web. */
    private static final DateTimeFormatter MAIL = DateTimeFormatter.RFC_1123_DATE_TIME;

    private EventTime() {}

    /**
     * @param field for the message
     * @throws RefusedException INVALID_TIMESTAMP
     */
    static long parse(String field, JsonNode value) {
        if (value.isNumber()) {
            return ofNumber(field, value.decimalValue(), false);
        }
        return parse(field, requireText(field, value));
    }

    /** Milliseconds whatever their size, as a number or a numeric string. */
    static long parseMs(String field, JsonNode value) {
        if (value.isNumber()) {
            return ofNumber(field, value.decimalValue(), true);
        }
        String text = requireText(field, value);
        if (!NUMBER.matcher(text).matches()) {
            throw unreadable(field, Excerpt.quoted(text));
        }
        return ofNumber(field, new BigDecimal(text), true);
    }

    private static String requireText(String field, JsonNode value) {
        if (!value.isTextual()) {
            throw unreadable(field, "of type " + JsonEvents.typeName(value));
        }
        return value.textValue().strip();
    }

    private static long parse(String field, String text) {
        if (NUMBER.matcher(text).matches()) {
            return ofNumber(field, new BigDecimal(text), false);
        }
        if (!text.isEmpty() && text.length() <= Excerpt.MAX_CHARS) {
            try {
                return toMs(parseText(text));
            } catch (DateTimeException | ArithmeticException e) {
                // Same answer as for any other text that is no time.
            }
        }
        throw unreadable(field, Excerpt.quoted(text));
    }

    private static TemporalAccessor parseText(String text) {
        if (Character.isLetter(text.charAt(0))) {
            return (text.indexOf(',') > 0 ? MAIL : TWITTER).parse(text, OffsetDateTime::from);
        }
        // RFC 3339 lets a space stand for the T.
        boolean spaced = text.length() > ISO_DATE_CHARS && text.charAt(ISO_DATE_CHARS) == ' ';
        return ISO.parseBest(spaced
                ? text.substring(0, ISO_DATE_CHARS) + 'T' + text.substring(ISO_DATE_CHARS + 1)
                : text, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
    }

    private static long toMs(TemporalAccessor parsed) {
        Instant instant = switch (parsed) {
            case OffsetDateTime zoned -> zoned.toInstant();
            case LocalDateTime local -> local.toInstant(ZoneOffset.UTC);
            default -> ((LocalDate) parsed).atStartOfDay().toInstant(ZoneOffset.UTC);
        };
        return instant.toEpochMilli();
    }

    private static long ofNumber(String field, BigDecimal number, boolean isMs) {
        // Held first: 1e-999999999 would take gigabytes to round.
        boolean tooLong = number.precision() - (long) number.scale() > MAX_DIGITS || number.scale() > MAX_DIGITS;
        if (!tooLong) {
            BigDecimal ms = isMs || number.abs().compareTo(FIRST_MS) >= 0 ? number : number.movePointRight(3);
            ms = ms.setScale(0, RoundingMode.FLOOR);
            if (ms.abs().compareTo(MAX_MS) <= 0) {
                return ms.longValueExact();
            }
        }
        throw unreadable(field, Excerpt.quoted(number.toString()));
    }

    private static RefusedException unreadable(String field, String value) {
        return new RefusedException(Reason.INVALID_TIMESTAMP, "field " + field + " is " + value
                + ", expected ISO-8601, epoch seconds or milliseconds, or \"Wed Oct 10 20:19:24 +0000 2018\"");
    }
}
