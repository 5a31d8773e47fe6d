package dev.semblance.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every code point, under each switch of the normaliser by itself and under all of them: the table is what the reference
 * does. {@code mvn test -Dtest=CharacterTableTest -Dgolden.update=true} rewrites it, when the reference changes.
 */
class CharacterTableTest {

    private static final Path FILE = Path.of("src/main/resources/dev/semblance/text", CharacterTable.FILE);
    private static final String HEADER = """
            # What the BERT normaliser and pre-tokeniser of Hugging Face tokenizers take each code point for, in
            # hexadecimal. Written by CharacterTableTest, which observes the library; see CharacterTable for the
            # meaning. The rest are letters.
            """;

    private static final BertNormaliser.Options PLAIN = new BertNormaliser.Options(false, false, false, false);
    private static final BertNormaliser.Options CLEAN = new BertNormaliser.Options(true, true, false, false);
    private static final BertNormaliser.Options STRIP = new BertNormaliser.Options(false, false, true, false);
    private static final BertNormaliser.Options LOWER = new BertNormaliser.Options(false, false, false, true);
    private static final BertNormaliser.Options ALL = new BertNormaliser.Options(true, true, true, true);

    /** Canonical combining classes 226 and 9; neither is stripped. */
    private static final String HIGH = Character.toString(0x1D16D);
    private static final String LOW = "\u1B44";

    /** What a code point between two letters becomes, by options. */
    private static final Map<BertNormaliser.Options, Map<Integer, String>> BETWEEN = new LinkedHashMap<>();
    /** What a code point between two marks in the wrong order becomes. */
    private static Map<Integer, String> betweenMarks;
    private static Tokenizer stripping;

    @BeforeAll
    static void observe() {
        for (BertNormaliser.Options options : List.of(PLAIN, CLEAN, LOWER, ALL)) {
            try (Tokenizer reference = CodePointProbe.reference(options)) {
                BETWEEN.put(options, betweenLetters(reference, options));
            }
        }
        stripping = CodePointProbe.reference(STRIP);
        BETWEEN.put(STRIP, betweenLetters(stripping, STRIP));
        betweenMarks = betweenMarks(stripping);
    }

    @AfterAll
    static void close() {
        stripping.close();
        BETWEEN.clear();
        betweenMarks = null;
    }

    /** Planes whose characters are alike, or that have none, are put to all options together only. */
    private static Map<Integer, String> betweenLetters(Tokenizer tokenizer, BertNormaliser.Options options) {
        return CodePointProbe.of(tokenizer).differing(
                options.equals(ALL) ? CodePointProbe.allCodePoints() : CodePointProbe.variedCharacters(),
                CharacterTableTest::betweenLetters);
    }

    private static String betweenLetters(String c) {
        return "q" + c + "q";
    }

    private static Map<Integer, String> betweenMarks(Tokenizer tokenizer) {
        return CodePointProbe.of(tokenizer).differing(CodePointProbe.variedCharacters(),
                c -> "q" + HIGH + c + LOW + "q");
    }

    @Test
    void theTableIsWhatTheReferenceDoes() throws IOException {
        BitSet stripped = where(STRIP, "qq");
        BitSet decomposed = new BitSet();
        BETWEEN.get(STRIP).forEach((c, to) -> decomposed.set(c, !to.equals("qq") && !to.equals(unstripped(c))));
        BitSet marks = new BitSet();
        betweenMarks.forEach((c, to) -> marks.set(c, to.indexOf(LOW) >= 0 && to.indexOf(LOW) < to.indexOf(HIGH)));
        BitSet starters = (BitSet) stripped.clone();
        starters.andNot(marks);
        BitSet kept = (BitSet) marks.clone();
        kept.andNot(stripped);
        kept.andNot(decomposed);

        StringBuilder text = new StringBuilder(HEADER);
        BitSet spaces = where(PLAIN, "q q");
        spaces.set(' ');
        lines(text, "space", ranges(spaces));
        lines(text, "punctuation", ranges(alone(PLAIN)));
        BitSet dropped = where(ALL, "qq");
        dropped.andNot(stripped);
        dropped.or(where(CLEAN, "qq"));
        lines(text, "dropped", ranges(dropped));
        BitSet ideographs = alone(ALL);
        ideographs.or(alone(CLEAN));
        ideographs.andNot(alone(PLAIN));
        lines(text, "ideograph", ranges(ideographs));
        lines(text, "decomposed", ranges(decomposed));
        lines(text, "stripped", ranges(stripped));
        lines(text, "starter", ranges(starters));
        ranked(kept).forEach((rank, set) -> lines(text, "rank-" + rank, ranges(set)));
        lines(text, "lower", mappings());
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, text);
        }
        assertThat(text.toString()).as("what the reference does; after a change of the reference run this test with"
                + " -Dgolden.update=true").isEqualTo(Files.readString(FILE));
    }

    @Test
    void everyCodePointBecomesWhatTheReferenceMakesOfIt() {
        BETWEEN.forEach((options, expected) -> assertThat(betweenLetters(CodePointProbe.ours(options), options))
                .as("between letters, %s", options).isEqualTo(expected));
        assertThat(betweenMarks(CodePointProbe.ours(STRIP))).as("between marks").isEqualTo(betweenMarks);
    }

    private static BitSet where(BertNormaliser.Options options, String becomes) {
        BitSet set = new BitSet();
        BETWEEN.get(options).forEach((c, to) -> set.set(c, to.equals(becomes)));
        return set;
    }

    private static BitSet alone(BertNormaliser.Options options) {
        BitSet set = new BitSet();
        BETWEEN.get(options).forEach((c, to) -> set.set(c, to.equals("q " + Character.toString(c) + " q")));
        return set;
    }

    /** What becomes of it without any option. */
    private static String unstripped(int codePoint) {
        return BETWEEN.get(PLAIN).getOrDefault(codePoint, betweenLetters(Character.toString(codePoint)));
    }

    /** Every pair of marks in either order: those that others are moved before have a higher rank. */
    private static Map<Integer, BitSet> ranked(BitSet marks) {
        List<String> pairs = new ArrayList<>();
        int[] all = marks.stream().toArray();
        for (int first : all) {
            for (int second : all) {
                pairs.add("q" + Character.toString(first) + Character.toString(second) + "q");
            }
        }
        List<String> back = CodePointProbe.of(stripping).readBack(pairs);
        Map<Integer, Integer> lower = new TreeMap<>();
        for (int i = 0; i < all.length; i++) {
            int swapped = 0;
            for (int j = 0; j < all.length; j++) {
                swapped += back.get(i * all.length + j).equals(pairs.get(i * all.length + j)) ? 0 : 1;
            }
            lower.put(all[i], swapped);
        }
        List<Integer> places = new ArrayList<>(new TreeSet<>(lower.values()));
        Map<Integer, BitSet> ranked = new TreeMap<>();
        lower.forEach((mark, place) -> ranked.computeIfAbsent(1 + places.indexOf(place), _ -> new BitSet()).set(mark));
        assertThat(ranked).hasSizeLessThanOrEqualTo(CharacterTable.RANKS);
        return ranked;
    }

    private static List<String> ranges(BitSet set) {
        List<String> ranges = new ArrayList<>();
        for (int from = set.nextSetBit(0); from >= 0; from = set.nextSetBit(set.nextClearBit(from))) {
            int last = set.nextClearBit(from) - 1;
            ranges.add(hex(from) + (last > from ? "-" + hex(last) : ""));
        }
        return ranges;
    }

    /** Runs of every, or every second, code point that lie the same way off their lower case. */
    private static List<String> mappings() {
        TreeMap<Integer, int[]> lower = new TreeMap<>();
        BETWEEN.get(LOWER).forEach((c, to) -> {
            if (!to.equals(unstripped(c))) {
                lower.put(c, to.substring(1, to.length() - 1).codePoints().toArray());
            }
        });
        List<String> mappings = new ArrayList<>();
        while (!lower.isEmpty()) {
            int first = lower.firstKey();
            int[] to = lower.remove(first);
            int step = isShifted(lower.get(first + 1), to, 1) ? 1 : 2;
            int last = first;
            while (isShifted(lower.get(last + step), to, last + step - first)) {
                last += step;
                lower.remove(last);
            }
            String range = last == first ? "" : "-" + hex(last) + (step == 2 ? "/2" : "");
            mappings.add(hex(first) + range + ">" + hex(to[0]) + (to.length == 2 ? "+" + hex(to[1]) : ""));
        }
        return mappings;
    }

    private static boolean isShifted(int[] to, int[] from, int by) {
        return to != null && to.length == 1 && from.length == 1 && to[0] == from[0] + by;
    }

    private static void lines(StringBuilder text, String name, List<String> words) {
        String line = name;
        for (String word : words) {
            if (line.length() + 1 + word.length() > 110) {
                text.append(line).append('\n');
                line = name;
            }
            line += " " + word;
        }
        text.append(line).append('\n');
    }

    private static String hex(int codePoint) {
        return Integer.toHexString(codePoint);
    }
}
