package dev.semblance.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The words in which two texts differ: those outside a longest common subsequence, compared without regard to case and
 * to punctuation around them, reported as spelt.
 *
 * <p>Bounded: the first 512 words of each text are compared, at most 32 are reported for each, and a word longer than 64
 * characters is reported cut off.
 *
 * <p>Thread: immutable.
 *
 * @param onlyInFirst  words of the first text that the second lacks, in order
 * @param onlyInSecond words of the second text that the first lacks, in order
 */
public record TokenDiff(List<String> onlyInFirst, List<String> onlyInSecond) {

    private static final int MAX_WORDS = 512;
    private static final int MAX_REPORTED = 32;
    private static final int MAX_WORD_LENGTH = 64;

    public TokenDiff {
        onlyInFirst = List.copyOf(onlyInFirst);
        onlyInSecond = List.copyOf(onlyInSecond);
    }

    private record Word(String folded, String spelt) {}

    public static TokenDiff between(String event, String original) {
        List<Word> a = words(event);
        List<Word> b = words(original);
        int start = 0;
        while (start < Math.min(a.size(), b.size()) && same(a.get(start), b.get(start))) {
            start++;
        }
        int tail = 0;
        while (tail < Math.min(a.size(), b.size()) - start
                && same(a.get(a.size() - 1 - tail), b.get(b.size() - 1 - tail))) {
            tail++;
        }
        return differing(a.subList(start, a.size() - tail), b.subList(start, b.size() - tail));
    }

    private static TokenDiff differing(List<Word> a, List<Word> b) {
        // common[i][j]: length of the longest common subsequence of a from i on and b from j on.
        short[][] common = new short[a.size() + 1][b.size() + 1];
        for (int i = a.size() - 1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                common[i][j] = same(a.get(i), b.get(j))
                        ? (short) (common[i + 1][j + 1] + 1)
                        : (short) Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        List<String> onlyInA = new ArrayList<>();
        List<String> onlyInB = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < a.size() || j < b.size()) {
            if (i < a.size() && j < b.size() && same(a.get(i), b.get(j))) {
                i++;
                j++;
            } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
                report(a.get(i++), onlyInA);
            } else {
                report(b.get(j++), onlyInB);
            }
        }
        return new TokenDiff(onlyInA, onlyInB);
    }

    private static boolean same(Word a, Word b) {
        return a.folded.equals(b.folded);
    }

    private static void report(Word word, List<String> to) {
        if (to.size() < MAX_REPORTED) {
            to.add(word.spelt);
        }
    }

    private static List<Word> words(String text) {
        List<Word> words = new ArrayList<>();
        int at = 0;
        while (at < text.length() && words.size() < MAX_WORDS) {
            if (TextFingerprint.isSpace(text.charAt(at))) {
                at++;
                continue;
            }
            int end = at;
            while (end < text.length() && !TextFingerprint.isSpace(text.charAt(end))) {
                end++;
            }
            String word = trimmed(text, at, end);
            if (!word.isEmpty()) {
                words.add(new Word(word.toLowerCase(Locale.ROOT), shortened(word)));
            }
            at = end;
        }
        return words;
    }

    /** Without the punctuation around it, but with a sign that belongs to the word: #tag, @name, -5, 50%. */
    private static String trimmed(String text, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && isPunctuation(text.charAt(from)) && !startsWord(text, from, to)) {
            from++;
        }
        while (to > from && isPunctuation(text.charAt(to - 1)) && text.charAt(to - 1) != '%') {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean startsWord(String text, int at, int end) {
        if (at + 1 == end) {
            return false;
        }
        char next = text.charAt(at + 1);
        return switch (text.charAt(at)) {
            case '#', '@' -> Character.isLetterOrDigit(next) || next == '_';
            case '-', '.' -> Character.isDigit(next) || next == '$';
            default -> false;
        };
    }

    /** Unicode punctuation, and the signs that people draw arrows and rules with. */
    private static boolean isPunctuation(char c) {
        return "<>|=~^`".indexOf(c) >= 0 || switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION, Character.OTHER_PUNCTUATION ->
                true;
            default -> false;
        };
    }

    private static String shortened(String word) {
        if (word.length() <= MAX_WORD_LENGTH) {
            return word;
        }
        // Not between the halves of a surrogate pair.
        int end = MAX_WORD_LENGTH - 1;
        return word.substring(0, Character.isHighSurrogate(word.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
