package dev.semblance.text;

import dev.semblance.record.TokenizedText;
import java.util.Objects;

/**
 * BERT's tokenizer in plain Java: the same ids as Hugging Face tokenizers give, for every text.
 *
 * <p>Thread: safe for any number of threads, each with a scratch of its own.
 */
final class WordPieceTokenizer implements Tokenizer {

    private final int maxTokens;
    private final CharacterCap cap;
    private final ThreadLocal<WordPieceScan> scans;
    private volatile boolean closed;

    /** @param maxTokens at least {@link Tokenizers#MIN_WORD_PIECE_TOKENS} */
    WordPieceTokenizer(WordPieceModel model, int maxTokens) {
        this.maxTokens = maxTokens;
        this.cap = new CharacterCap(maxTokens);
        BertNormaliser normaliser = new BertNormaliser(CharacterTable.read(), model.normaliser());
        PieceTrie trie = new PieceTrie(model.vocabulary(), model.prefix());
        SpecialTokens special = new SpecialTokens(model.special());
        this.scans = ThreadLocal.withInitial(() -> new WordPieceScan(model, normaliser, trie, special, maxTokens));
    }

    @Override
    public TokenizedText tokenize(String text) {
        Objects.requireNonNull(text, "text");
        if (closed) {
            throw new IllegalStateException("The tokenizer is closed");
        }
        return scans.get().scan(cap.apply(text));
    }

    @Override
    public int maxTokens() {
        return maxTokens;
    }

    @Override
    public String describe() {
        return "WordPiece in Java";
    }

    /** There is nothing to free: calls under way end by themselves. */
    @Override
    public void close() {
        closed = true;
    }
}
