package dev.semblance.ingest;

import dev.semblance.codec.Framing;
import dev.semblance.config.Config.TextsFormat;

/** What a value looks like by its first bytes. */
final class Sniffed {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private Sniffed() {}

    /** AVRO also for Confluent framing, which the codec refuses with its schema id. */
    static TextsFormat formatOf(byte[] value) {
        if (Framing.of(value) != Framing.OTHER) {
            return TextsFormat.AVRO;
        }
        return isJson(value) ? TextsFormat.JSON : TextsFormat.PLAIN;
    }

    /** An object, or an array that begins with an object: "[Breaking] …" is a text. */
    static boolean isJson(byte[] value) {
        int first = nextVisible(value, startsWithByteOrderMark(value) ? 3 : 0);
        if (first < value.length && value[first] == '[') {
            first = nextVisible(value, first + 1);
        }
        return first < value.length && value[first] == '{';
    }

    private static int nextVisible(byte[] value, int from) {
        int i = from;
        while (i < value.length && (value[i] == ' ' || value[i] == '\t' || value[i] == '\n' || value[i] == '\r')) {
            i++;
        }
        return i;
    }

    private static boolean startsWithByteOrderMark(byte[] value) {
        return value.length >= 3 && value[0] == (byte) 0xEF && value[1] == (byte) 0xBB && value[2] == (byte) 0xBF;
    }

    static String withoutByteOrderMark(String text) {
        return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
    }
}
