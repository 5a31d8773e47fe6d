package dev.semblance.model.weights;

/** Names out of foreign files, fit for a message: on one line, and not without end. */
final class Shown {

    private static final int MAX_CHARACTERS = 100;

    private Shown() {}

    static String name(String name) {
        String start = name.length() > MAX_CHARACTERS ? name.substring(0, MAX_CHARACTERS) + "…" : name;
        return start.codePoints().map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                || Character.getType(c) == Character.SURROGATE || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
