package dev.semblance.text;

import dev.semblance.record.TokenizedText;
import java.util.Arrays;

/**
 * One text → its token ids: one pass that puts words together code point by code point and looks each up as it ends.
 * Stops at the first token too many, since nothing after it can change those before.
 *
 * <p>Thread: one at a time; holds the scratch of a text.
 */
final class WordPieceScan {

    private final WordPieceModel model;
    private final BertNormaliser normaliser;
    private final PieceTrie trie;
    private final SpecialTokens special;

    /** Of the text so far, without those around it: {@link #count} of them, as far as they fit. */
    private final int[] ids;
    private int count;

    /** The code points of the word so far; one more than a word may have is enough to know that it is too long. */
    private int[] word = new int[64];
    private int length;
    /** Marks are not moved to before this place in the word. */
    private int barrier;

    /** @param maxTokens at least 3 */
    WordPieceScan(WordPieceModel model, BertNormaliser normaliser, PieceTrie trie, SpecialTokens special,
            int maxTokens) {
        this.model = model;
        this.normaliser = normaliser;
        this.trie = trie;
        this.special = special;
        this.ids = new int[maxTokens - 2];
    }

    /** @param text without lone surrogates */
    TokenizedText scan(CharacterCap.Capped text) {
        count = 0;
        length = 0;
        barrier = 0;
        withSpecialTokens(text.text());
        int kept = Math.min(count, ids.length);
        int[] all = new int[kept + 2];
        all[0] = model.first();
        System.arraycopy(ids, 0, all, 1, kept);
        all[kept + 1] = model.last();
        return new TokenizedText(all, text.cut() || count > ids.length);
    }

    private void withSpecialTokens(String text) {
        int from = 0;
        if (special.mayOccurIn(text)) {
            int at = 0;
            while (at < text.length() && count <= ids.length) {
                int token = special.at(text, at);
                if (token < 0) {
                    at++;
                } else {
                    plain(text, from, at);
                    add(special.id(token));
                    at += special.length(token);
                    from = at;
                }
            }
        }
        plain(text, from, text.length());
    }

    private void plain(String text, int from, int to) {
        int at = from;
        while (at < to && count <= ids.length) {
            int codePoint = text.charAt(at++);
            if (Character.isHighSurrogate((char) codePoint)) {
                codePoint = Character.toCodePoint((char) codePoint, text.charAt(at++));
            }
            put(codePoint, normaliser.action(codePoint));
        }
        endWord();
    }

    private void put(int codePoint, int action) {
        switch (action) {
            case BertNormaliser.LETTER -> append(codePoint);
            case BertNormaliser.SPACE -> endWord();
            case BertNormaliser.ALONE -> {
                endWord();
                append(codePoint);
                endWord();
            }
            case BertNormaliser.NOTHING -> {
                // As the name says.
            }
            case BertNormaliser.BARRIER -> barrier = length;
            case BertNormaliser.MAPPED -> putMapped(codePoint);
            case BertNormaliser.MAPPED_ALONE -> {
                endWord();
                putMapped(codePoint);
                endWord();
            }
            default -> appendMark(codePoint);
        }
    }

    private void putMapped(int codePoint) {
        for (int mapped : normaliser.mapped(codePoint)) {
            put(mapped, normaliser.actionOnceMapped(mapped));
        }
    }

    private void append(int codePoint) {
        if (length > model.maxCharsPerWord()) {
            return;
        }
        if (length == word.length) {
            word = Arrays.copyOf(word, 2 * length);
        }
        word[length++] = codePoint;
    }

    /** Before the marks of a higher rank that stand at the end of the word. */
    private void appendMark(int mark) {
        int rank = normaliser.rank(mark);
        append(mark);
        for (int at = length - 1; at > barrier && normaliser.rank(word[at - 1]) > rank; at--) {
            word[at] = word[at - 1];
            word[at - 1] = mark;
        }
    }

    private void endWord() {
        int end = length;
        length = 0;
        barrier = 0;
        if (end == 0) {
            return;
        }
        int before = count;
        if (end > model.maxCharsPerWord() || !addPieces(end)) {
            count = before;
            add(model.unknown());
        }
    }

    /** The longest piece, then the longest that continues it, and so on; false where there is none. */
    private boolean addPieces(int end) {
        int start = 0;
        while (start < end) {
            int node = start == 0 ? PieceTrie.ROOT : trie.continuation();
            int id = PieceTrie.NONE;
            int next = start;
            for (int at = start; at < end; at++) {
                node = trie.child(node, word[at]);
                if (node == PieceTrie.NONE) {
                    break;
                }
                if (trie.id(node) != PieceTrie.NONE) {
                    id = trie.id(node);
                    next = at + 1;
                }
            }
            if (id == PieceTrie.NONE) {
                return false;
            }
            add(id);
            start = next;
        }
        return true;
    }

    private void add(int id) {
        if (count < ids.length) {
            ids[count] = id;
        }
        count++;
    }
}
