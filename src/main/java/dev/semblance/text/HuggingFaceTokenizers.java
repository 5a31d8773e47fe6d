package dev.semblance.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Opens {@code tokenizer.json} files. Native code, unpacked once under the user's cache folder; no network. */
public final class HuggingFaceTokenizers {

    static {
        NativeTokenizers.prepare();
    }

    private HuggingFaceTokenizers() {}

    /**
     * Truncation and padding of the file are overridden: cut at {@code maxTokens}, never padded.
     *
     * @param maxTokens special tokens included
     * @throws IllegalArgumentException if the file is no tokenizer
     */
    public static Tokenizer open(byte[] tokenizerJson, int maxTokens) {
        return open(tokenizerJson, maxTokens, "asked for");
    }

    /** @param why this implementation was taken */
    static Tokenizer open(byte[] tokenizerJson, int maxTokens, String why) {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("maxTokens is " + maxTokens + "; it must be at least 1");
        }
        // A stride of the file that is longer than its texts may be would abort the process.
        Map<String, String> options = Map.of("padding", "false", "truncation", "true", "stride", "0", "maxLength",
                Integer.toString(maxTokens), "modelMaxLength", Integer.toString(maxTokens));
        try {
            return new Native(HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(tokenizerJson), options),
                    maxTokens, why);
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException("tokenizer.json cannot be used: " + e.getMessage()
                    + "; fetch the one that belongs to the model", e);
        }
    }

    /** Thread: safe for any number of threads; close waits for calls under way, since it frees native memory. */
    private static final class Native implements Tokenizer {

        private final HuggingFaceTokenizer tokenizer;
        private final int maxTokens;
        private final String why;
        private final CharacterCap cap;
        private final ReadWriteLock lifetime = new ReentrantReadWriteLock();

        /** Guarded by {@link #lifetime}. */
        private boolean closed;

        Native(HuggingFaceTokenizer tokenizer, int maxTokens, String why) {
            this.tokenizer = tokenizer;
            this.maxTokens = maxTokens;
            this.why = why;
            this.cap = new CharacterCap(maxTokens);
        }

        @Override
        public TokenizedText tokenize(String text) {
            CharacterCap.Capped capped = cap.apply(Objects.requireNonNull(text, "text"));
            lifetime.readLock().lock();
            try {
                if (closed) {
                    throw new IllegalStateException("The tokenizer is closed");
                }
                return tokens(tokenizer.encode(capped.text()), capped.cut());
            } catch (IllegalStateException | PoisonTextException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new PoisonTextException("The tokenizer rejects the text: " + e.getMessage(), e);
            } finally {
                lifetime.readLock().unlock();
            }
        }

        private TokenizedText tokens(Encoding encoding, boolean cut) {
            long[] ids = encoding.getIds();
            if (ids.length == 0 || ids.length > maxTokens) {
                throw new PoisonTextException(
                        "The text has " + ids.length + " tokens; the model takes 1 to " + maxTokens, null);
            }
            int[] narrow = new int[ids.length];
            for (int i = 0; i < ids.length; i++) {
                narrow[i] = Math.toIntExact(ids[i]);
            }
            return new TokenizedText(narrow, cut || encoding.exceedMaxLength());
        }

        @Override
        public int maxTokens() {
            return maxTokens;
        }

        @Override
        public String describe() {
            return "Hugging Face tokenizers (" + why + ")";
        }

        @Override
        public void close() {
            lifetime.writeLock().lock();
            try {
                if (!closed) {
                    closed = true;
                    tokenizer.close();
                }
            } finally {
                lifetime.writeLock().unlock();
            }
        }
    }
}
