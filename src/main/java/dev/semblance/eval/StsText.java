package dev.semblance.eval;

import dev.semblance.codec.Utf8;
import dev.semblance.local.LineFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** A file of a set, line by line, and the checks of what stands in a line. Thread: one. */
final class StsText implements AutoCloseable {

    /** The largest real set has 10,000; more is another kind of file, or one made to fill the memory. */
    static final int MAX_LINES = 1_000_000;

    private static final Pattern NUMBER = Pattern
            .compile("[+-]?(\\d{1,30}(\\.\\d{0,30})?|\\.\\d{1,30})([eE][+-]?\\d{1,3})?");
    private static final Pattern SPACE = Pattern.compile("[\\p{javaWhitespace}\\u00a0\\u0085]+");
    private static final int EXCERPT_CHARS = 40;

    private final LineFile lines;

    StsText(String file) throws IOException {
        lines = LineFile.open(file);
    }

    /** The next line; null at the end. */
    String next() throws IOException {
        byte[] line = lines.next();
        if (line == null) {
            return null;
        }
        if (lines.count() > MAX_LINES) {
            throw new EvaluationException(lines.name() + ": more than " + MAX_LINES + " lines; a set of sentence pairs"
                    + " is smaller: is this the right file?");
        }
        int invalid = Utf8.invalidOffset(line, 0, line.length);
        if (invalid >= 0) {
            throw malformed("byte 0x%02x at offset %d is not valid UTF-8; convert the file".formatted(line[invalid],
                    invalid));
        }
        return new String(line, StandardCharsets.UTF_8);
    }

    /** @return NaN where there is none */
    double score(String cell) {
        String score = cell.strip();
        if (score.isEmpty()) {
            return Double.NaN;
        }
        double value = NUMBER.matcher(score).matches() ? Double.parseDouble(score) : Double.NaN;
        if (!Double.isFinite(value)) {
            throw malformed("the score is " + excerpt(score) + ", expected a number");
        }
        return value;
    }

    /** With white space collapsed, as SentEval does by splitting at it and joining again. */
    String sentence(String name, String cell) {
        String sentence = SPACE.matcher(cell).replaceAll(" ").strip();
        if (sentence.isEmpty()) {
            throw malformed(name + " is empty");
        }
        return sentence;
    }

    /** About the line read last. */
    EvaluationException malformed(String what) {
        return new EvaluationException(lines.name() + ", line " + lines.count() + ": " + what);
    }

    static String excerpt(String text) {
        return "'" + (text.length() <= EXCERPT_CHARS ? text : text.substring(0, EXCERPT_CHARS) + "…") + "'";
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
