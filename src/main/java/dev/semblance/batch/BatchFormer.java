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
 * only. So the length a text is padded to depends on the text alone, and with it the order of the model's additions and
 * each bit of its vector: that is what makes a replay give the same bytes.
 *
 * <p>
 * A batch is due when it is full, when the oldest text has waited for the linger, or when the queue is full, since then
 * nothing can come that would fill it. While a device is busy nobody polls, texts pile up and batches grow by
 * themselves; with a linger of 0 a lone text goes at once. Among due batches the fullest goes first, but after
 * {@value #PASSES_MAX} batches that left the oldest text behind, the next one holds it. So a text that has n older ones
 * before it is in one of the next (n + 1) × ({@value #PASSES_MAX} + 1) batches.
 *
 * <p>
 * Thread: not safe. The owner locks.
 */
// Budget of padded tokens and one bucket a batch: text-embeddings-inference, core/src/queue.rs, 2023,
// https://github.com/huggingface/text-embeddings-inference; linger: Triton's maximum queue delay.
public final class BatchFormer<T> {

    /** Batches in a row that may leave the oldest text behind. */
    public static final int PASSES_MAX = 3;

    private final BatchLimits limits;
    private final List<Bucket<T>> buckets = new ArrayList<>();

    private int size;
    private long nextSequence;
    private int passes;

    /** Texts of one padded length. */
    private record Bucket<T>(int paddedLength, int rowsMax, ArrayDeque<Pending<T>> texts) {

        boolean full() {
            return texts.size() >= rowsMax;
        }

        /** 0 … 1: how much of a batch it would fill. */
        double fill() {
            return Math.min(1.0, (double) texts.size() / rowsMax);
        }
    }

    public BatchFormer(BatchLimits limits) {
        this.limits = limits;
        for (long l = limits.lengthBucket();; l += limits.lengthBucket()) {
            int padded = (int) Math.min(l, limits.maxTextTokens());
            buckets.add(new Bucket<>(padded, limits.rows(padded), new ArrayDeque<>()));
            if (padded == limits.maxTextTokens()) {
                return;
            }
        }
    }

    /**
     * Appends a text.
     *
     * @return false, and nothing done, if the queue is full
     * @throws IllegalArgumentException if the text has more tokens than the limits allow
     */
    public boolean offer(T ticket, TokenizedText text, long nowNs) {
        int padded = limits.paddedLength(text.length());
        if (full()) {
            return false;
        }
        buckets.get((padded + limits.lengthBucket() - 1) / limits.lengthBucket() - 1).texts
                .add(new Pending<>(ticket, text, nowNs, nextSequence++));
        size++;
        return true;
    }

    /** The next batch, or nothing while none is due. */
    public Optional<MicroBatch<T>> poll(long nowNs) {
        if (!due(nowNs)) {
            return Optional.empty();
        }
        Bucket<T> oldest = oldest();
        Bucket<T> chosen = passes >= PASSES_MAX ? oldest : fullest();
        passes = chosen.paddedLength == oldest.paddedLength ? 0 : passes + 1;
        List<Pending<T>> rows = new ArrayList<>(Math.min(chosen.rowsMax, chosen.texts.size()));
        while (rows.size() < chosen.rowsMax && !chosen.texts.isEmpty()) {
            rows.add(chosen.texts.poll());
        }
        size -= rows.size();
        return Optional.of(new MicroBatch<>(rows, chosen.paddedLength));
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
        for (Bucket<T> bucket : buckets) {
            all.addAll(bucket.texts);
            bucket.texts.clear();
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

    private Bucket<T> oldest() {
        Bucket<T> best = null;
        for (Bucket<T> b : buckets) {
            if (!b.texts.isEmpty() && (best == null || b.texts.peek().sequence() < best.texts.peek().sequence())) {
                best = b;
            }
        }
        return best;
    }

    /** Of equally full buckets the one whose first text came first. */
    private Bucket<T> fullest() {
        Bucket<T> best = null;
        for (Bucket<T> b : buckets) {
            if (!b.texts.isEmpty() && (best == null || b.fill() > best.fill()
                    || (b.fill() == best.fill() && b.texts.peek().sequence() < best.texts.peek().sequence()))) {
                best = b;
            }
        }
        return best;
    }
}
