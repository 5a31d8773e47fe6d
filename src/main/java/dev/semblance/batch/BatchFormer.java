package dev.semblance.batch;

import dev.semblance.record.TokenizedText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A bounded queue that hands out micro-batches.
 *
 * <p>
 * Texts wait in buckets by padded length, first come, first served within a bucket, and a batch takes from one bucket
 * only (a device that takes packed texts has a single bucket). So the length a text is padded to depends on the text alone, and with it the order of the model's additions and
 * each bit of its vector: that is what makes a replay give the same bytes.
 *
 * <p>
 * A batch is due when it is full, when the oldest text has waited for the linger, or when the queue is full, since then
 * nothing can come that would fill it. While a device is busy nobody polls, texts pile up and batches grow by
 * themselves; with a linger of 0 a lone text goes at once.
 *
 * <p>
 * The batch that goes first is the one that ends the most waiting for its cost: the sum of its texts' times in the queue
 * over its tokens, plus {@value #RUN_TOKENS} for the run. Below the device's capacity that is nearly always the one with
 * the oldest text; beyond it batches are full, and a text of a rare length still goes soon after its neighbours, which
 * wait for it where outputs are kept in order. After {@value #PASSES_MAX} batches that left the oldest text behind, the
 * next one holds it, so that a text that has n older ones before it is in one of the next
 * (n + 1) × ({@value #PASSES_MAX} + 1) batches.
 *
 * <p>
 * Thread: not safe. The owner locks.
 */
// Budget of padded tokens and one bucket a batch: text-embeddings-inference, core/src/queue.rs, 2023,
// https://github.com/huggingface/text-embeddings-inference; linger: Triton's maximum queue delay.
public final class BatchFormer<T> {

    /** Batches in a row that may leave the oldest text behind. */
    public static final int PASSES_MAX = 3;

    /** What a run costs beside its tokens, in tokens: about a third of a millisecond on a CPU, and less on a GPU. */
    static final int RUN_TOKENS = 8;

    private final BatchLimits limits;
    private final List<Bucket> buckets = new ArrayList<>();

    private int size;
    private long nextSequence;
    private int passes;

    /** Texts that may run together: of one padded length, or, packed, all of them. */
    private final class Bucket {

        private final ArrayDeque<Pending<T>> texts = new ArrayDeque<>();

        /** Of all texts, padding included. */
        private long tokens;

        void add(Pending<T> text) {
            texts.add(text);
            tokens += limits.paddedLength(text.text().length());
        }

        /** The first texts, at least one, as many as a batch holds. */
        MicroBatch<T> take() {
            List<Pending<T>> rows = new ArrayList<>(Math.min(limits.maxRows(), texts.size()));
            int longest = 0;
            long sum = 0;
            while (!texts.isEmpty() && rows.size() < limits.maxRows()) {
                int length = limits.paddedLength(texts.peek().text().length());
                if (sum + length > limits.maxTokens() && !rows.isEmpty()) {
                    break;
                }
                rows.add(texts.poll());
                sum += length;
                longest = Math.max(longest, length);
            }
            tokens -= sum;
            return new MicroBatch<>(rows, longest);
        }

        /** Nanoseconds of waiting that its next batch would end, for each token of its cost. */
        double worth(long nowNs) {
            int rows = 0;
            long sum = 0;
            double waitedNs = 0;
            for (Pending<T> text : texts) {
                int length = limits.paddedLength(text.text().length());
                if (rows == limits.maxRows() || rows > 0 && sum + length > limits.maxTokens()) {
                    break;
                }
                rows++;
                sum += length;
                // One more, so that of texts that came just now more are worth more.
                waitedNs += Math.max(0, nowNs - text.arrivalNs()) + 1;
            }
            return waitedNs / (RUN_TOKENS + sum);
        }

        /** Whether its first texts fill a batch. */
        boolean full() {
            if (texts.isEmpty()) {
                return false;
            }
            int length = limits.packed() ? 1 : limits.paddedLength(texts.peek().text().length());
            return texts.size() >= limits.maxRows()
                    || tokens >= Math.max(length, limits.maxTokens() / length * length);
        }
    }

    public BatchFormer(BatchLimits limits) {
        this.limits = limits;
        int count = limits.packed() ? 1 : bucketOf(limits.maxTextTokens()) + 1;
        for (int i = 0; i < count; i++) {
            buckets.add(new Bucket());
        }
    }

    private int bucketOf(int tokens) {
        return limits.packed()
                ? 0
                : (limits.paddedLength(tokens) + limits.lengthBucket() - 1) / limits.lengthBucket() - 1;
    }

    /**
     * Appends a text.
     *
     * @return false, and nothing done, if the queue is full
     * @throws IllegalArgumentException if the text has more tokens than the limits allow
     */
    public boolean offer(T ticket, TokenizedText text, long nowNs) {
        int bucket = bucketOf(limits.requireLength(text.length()));
        if (full()) {
            return false;
        }
        buckets.get(bucket).add(new Pending<>(ticket, text, nowNs, nextSequence++));
        size++;
        return true;
    }

    /** The next batch, or nothing while none is due. */
    public Optional<MicroBatch<T>> poll(long nowNs) {
        if (!due(nowNs)) {
            return Optional.empty();
        }
        Bucket oldest = oldest();
        Bucket chosen = passes >= PASSES_MAX ? oldest : worthiest(nowNs);
        passes = chosen == oldest ? 0 : passes + 1;
        MicroBatch<T> batch = chosen.take();
        size -= batch.size();
        return Optional.of(batch);
    }

    /** When {@link #poll} would hand out a batch if nothing more came; empty while nothing waits. */
    public OptionalLong dueNs(long nowNs) {
        if (size == 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(due(nowNs) ? nowNs : oldest().texts.peek().arrivalNs() + limits.lingerNs());
    }

    /** Takes all that waits, in order of arrival. */
    public List<Pending<T>> drain() {
        List<Pending<T>> all = new ArrayList<>(size);
        for (Bucket bucket : buckets) {
            all.addAll(bucket.texts);
            bucket.texts.clear();
            bucket.tokens = 0;
        }
        all.sort(Comparator.comparingLong(Pending::sequence));
        size = 0;
        passes = 0;
        return all;
    }

    public int size() {
        return size;
    }

    public boolean full() {
        return size >= limits.queueMaxTexts();
    }

    private boolean due(long nowNs) {
        if (size == 0) {
            return false;
        }
        return full() || nowNs - oldest().texts.peek().arrivalNs() >= limits.lingerNs()
                || buckets.stream().anyMatch(Bucket::full);
    }

    private Bucket oldest() {
        Bucket best = null;
        for (Bucket b : buckets) {
            if (!b.texts.isEmpty() && (best == null || b.texts.peek().sequence() < best.texts.peek().sequence())) {
                best = b;
            }
        }
        return best;
    }

    /** Of equals the one whose first text came first. */
    private Bucket worthiest(long nowNs) {
        Bucket best = null;
        double bestWorth = 0;
        for (Bucket b : buckets) {
            if (!b.texts.isEmpty()) {
                double worth = b.worth(nowNs);
                if (best == null || worth > bestWorth
                        || worth == bestWorth && b.texts.peek().sequence() < best.texts.peek().sequence()) {
                    best = b;
                    bestWorth = worth;
                }
            }
        }
        return best;
    }
}
