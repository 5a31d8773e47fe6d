package dev.semblance.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds the figures of a text: what must agree for two close texts to be copies rather than variants of a template.
 *
 * <ul>
 * <li>Numbers: digits at the beginning of a word, with thousands commas and a decimal point: {@code 1,234.5}. A currency
 * sign, a percent sign and a unit written against the number don't matter ({@code $12}, {@code 12%}, {@code 12pm} are
 * 12), except for magnitudes, known by their first letter: {@code 5k}, {@code 5m}, {@code 5bn} and {@code 5tn} differ from
 * {@code 5} and from each other. A minus sign before it counts where it cannot be a hyphen or a range: {@code -2.5%}. Trailing zeros don't
 * count: {@code 1.50} is {@code 1.5}.
 * <li>Cashtags: {@code $AAPL}, {@code $BRK.B}, in any case.
 * </ul>
 *
 * Left out: digits inside words ({@code h1n1}, {@code Q3}, {@code COVID19}), ordinals ({@code 2nd}), words that mix digits
 * and letters further ({@code 3a4f}), links, @names, numeric character references, and a number or cashtag that
 * runs into an ellipsis ({@code up 1…}, {@code up 1... http://t.co/x}): it is the rest of a cut-off text. What was cut off
 * whole is not known here, so a copy that lost a figure that way is a variant.
 *
 * <p>One pass, linear in the length of the text. Thread: one owner; one object a text.
 */
final class Figures {

    private static final String ORDINALS = " st nd rd th ";
    private static final String MAGNITUDES = " k m mm mn mln b bn bln t tn trn ";

    private final String text;
    private final List<String> found = new ArrayList<>();
    private int at;

    private Figures(String text) {
        // Ellipses become three dots in the normal form; a mark that has none keeps them apart from dots as written.
        this.text = Normalizer.normalize(text.replace('…', '\uE000').replace('−', '-'), Normalizer.Form.NFKC);
    }

    /** In the order of the text, repeated as often as they occur. */
    static List<String> of(String text) {
        Figures figures = new Figures(text);
        figures.scan();
        return figures.found;
    }

    private void scan() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (isWord(c) && !isDigit(c)) {
                word();
            } else if (c == '@') {
                at++;
                skipWord();
            } else if (c == '&' && peek(1) == '#') {
                at += 2;
                skipWord();
            } else if (c == '$' && isLatin(peek(1))) {
                cashtag();
            } else if (isDigit(c) || isLeadingPoint(c)) {
                number();
            } else {
                at++;
            }
        }
    }

    /** A word that begins with a letter: nothing in it counts, and as a link it takes all that follows with it. */
    private void word() {
        int start = at;
        skipWord();
        boolean link = text.startsWith("://", at) || text.startsWith("www.", start);
        // A bare link, such as t.co/x1: dots between words, then a slash.
        while (!link && peek(0) == '.' && isWord(peek(1)) && !isDigit(peek(1))) {
            at++;
            skipWord();
            link = peek(0) == '/';
        }
        while (link && at < text.length() && !TextFingerprint.isSpace(text.charAt(at))) {
            at++;
        }
    }

    /** The point of ".5"; in "v1.5" and "1.2.5" it separates. */
    private boolean isLeadingPoint(char c) {
        return c == '.' && isDigit(peek(1)) && (at == 0 || !isWord(text.charAt(at - 1)));
    }

    private void cashtag() {
        int start = ++at;
        while (isLatin(peek(0))) {
            at++;
        }
        int end = at;
        if ((peek(0) == '.' || peek(0) == '_') && isLatin(peek(1))) {
            int tail = 1;
            while (isLatin(peek(tail))) {
                tail++;
            }
            if (tail <= 3 && !isWord(peek(tail))) {
                end = at + tail;
            }
        }
        at = end;
        if (end - start <= 9 && !isWord(peek(0)) && !isCut()) {
            found.add("$" + text.substring(start, end).toUpperCase(Locale.ROOT));
        }
        skipWord();
    }

    private void number() {
        boolean negative = isNegated();
        StringBuilder whole = new StringBuilder();
        digits(whole);
        while (peek(0) == ',' && isDigit(peek(1)) && isDigit(peek(2)) && isDigit(peek(3)) && !isDigit(peek(4))) {
            at++;
            digits(whole);
        }
        StringBuilder fraction = new StringBuilder();
        if (peek(0) == '.' && isDigit(peek(1))) {
            at++;
            digits(fraction);
        }
        int unitStart = at;
        skipWord();
        String unit = text.substring(unitStart, at).toLowerCase(Locale.ROOT);
        if (isCut() || isOneOf(unit, ORDINALS) || unit.chars().anyMatch(Figures::isDigit)) {
            return;
        }
        String value = canonical(whole, fraction);
        String magnitude = isOneOf(unit, MAGNITUDES) ? unit.substring(0, 1) : "";
        found.add((negative && !value.equals("0") ? "-" : "") + value + magnitude);
    }

    /** A minus counts at the start of a word only: "-5", "$-5", "(-5", "-$5"; in "3-5", "F-5" and "- 5" it is a hyphen. */
    private boolean isNegated() {
        int i = at - 1;
        while (i >= 0 && isCurrency(text.charAt(i))) {
            i--;
        }
        if (i < 0 || text.charAt(i) != '-') {
            return false;
        }
        i--;
        while (i >= 0 && isCurrency(text.charAt(i))) {
            i--;
        }
        return i < 0 || TextFingerprint.isSpace(text.charAt(i)) || text.charAt(i) == '(';
    }

    private void digits(StringBuilder into) {
        while (isDigit(peek(0))) {
            into.append((char) ('0' + Character.digit(text.charAt(at), 10)));
            at++;
        }
    }

    private static String canonical(StringBuilder whole, StringBuilder fraction) {
        int start = 0;
        while (start < whole.length() - 1 && whole.charAt(start) == '0') {
            start++;
        }
        int end = fraction.length();
        while (end > 0 && fraction.charAt(end - 1) == '0') {
            end--;
        }
        String integer = whole.isEmpty() ? "0" : whole.substring(start);
        return end == 0 ? integer : integer + "." + fraction.substring(0, end);
    }

    /**
     * Whether what was just read runs into an ellipsis, maybe after the point or comma that was to go on. Three dots are
     * one only at the end of the text, with at most links after them: "wait 3... 4" is not cut.
     */
    private boolean isCut() {
        if (text.startsWith("...", at)) {
            return onlyLinksFrom(at + 3);
        }
        int next = peek(0) == '.' || peek(0) == ',' ? 1 : 0;
        return peek(next) == '\uE000';
    }

    private boolean onlyLinksFrom(int start) {
        int i = start;
        while (i < text.length()) {
            if (TextFingerprint.isSpace(text.charAt(i))) {
                i++;
            } else if (text.startsWith("http", i)) {
                while (i < text.length() && !TextFingerprint.isSpace(text.charAt(i))) {
                    i++;
                }
            } else {
                return false;
            }
        }
        return true;
    }

    private void skipWord() {
        while (isWord(peek(0))) {
            at++;
        }
    }

    /** The character that far ahead, NUL past the end. */
    private char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : 0;
    }

    private static boolean isOneOf(String unit, String list) {
        return !unit.isEmpty() && list.contains(" " + unit + " ");
    }

    private static boolean isWord(int c) {
        return Character.isLetterOrDigit(c) || c == '_';
    }

    private static boolean isDigit(int c) {
        return Character.isDigit(c);
    }

    private static boolean isLatin(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static boolean isCurrency(char c) {
        return Character.getType(c) == Character.CURRENCY_SYMBOL;
    }
}
