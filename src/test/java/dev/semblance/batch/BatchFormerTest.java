package dev.semblance.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.record.TokenizedText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchFormerTest {

    private static TokenizedText text(int tokens) {
        return new TokenizedText(new int[tokens], false);
    }

    private static BatchFormer<Integer> former(int tokens, int rows, int bucket, long lingerNs, int queue) {
        return new BatchFormer<>(BatchLimits.padded(tokens, rows, bucket, 64, lingerNs, queue));
    }

    private static List<Integer> tickets(Optional<MicroBatch<Integer>> batch) {
        return batch.orElseThrow().rows().stream().map(Pending::ticket).toList();
    }

    @Test
    void aLoneTextGoesAtOnceWithoutLinger() {
        BatchFormer<Integer> former = former(512, 64, 1, 0, 10);
        assertThat(former.poll(0)).isEmpty();
        assertThat(former.dueNs(0)).isEmpty();
        former.offer(1, text(5), 7);
        assertThat(former.dueNs(7)).hasValue(7);
        assertThat(tickets(former.poll(7))).containsExactly(1);
        assertThat(former.size()).isZero();
    }

    @Test
    void lingerBoundsTheWaitAndAFullBatchDoesNotWait() {
        BatchFormer<Integer> former = former(512, 2, 1, 100, 10);
        former.offer(1, text(5), 0);
        former.offer(2, text(6), 50);
        assertThat(former.poll(99)).isEmpty();
        assertThat(former.dueNs(50)).isEqualTo(OptionalLong.of(100));
        assertThat(tickets(former.poll(100))).containsExactly(1);
        assertThat(former.poll(149)).isEmpty();
        former.offer(3, text(6), 120);
        assertThat(former.dueNs(120)).hasValue(120);
        assertThat(tickets(former.poll(120))).containsExactly(2, 3);
    }

    @Test
    void aFullQueueDoesNotWaitForWhatCannotCome() {
        BatchFormer<Integer> former = former(512, 64, 1, 1000, 3);
        former.offer(1, text(5), 0);
        former.offer(2, text(6), 0);
        assertThat(former.poll(1)).isEmpty();
        former.offer(3, text(7), 1);
        assertThat(former.offer(4, text(7), 1)).isFalse();
        assertThat(former.poll(1)).isPresent();
    }

    @Test
    void aTextIsPaddedToItsOwnBucketNeverToItsNeighbours() {
        BatchLimits limits = BatchLimits.padded(512, 64, 8, 60, 0, 10);
        assertThat(List.of(limits.paddedLength(1), limits.paddedLength(8), limits.paddedLength(9),
                limits.paddedLength(56), limits.paddedLength(57), limits.paddedLength(60)))
                .containsExactly(8, 8, 16, 56, 60, 60);
        BatchFormer<Integer> former = new BatchFormer<>(limits);
        former.offer(1, text(8), 0);
        former.offer(2, text(9), 0);
        former.offer(3, text(3), 0);
        MicroBatch<Integer> first = former.poll(0).orElseThrow();
        assertThat(first.paddedLength()).isEqualTo(8);
        assertThat(first.tokens()).isEqualTo(16);
        assertThat(first.textTokens()).isEqualTo(11);
        assertThat(former.poll(0).orElseThrow().paddedLength()).isEqualTo(16);
    }

    @Test
    void aTextLongerThanTheBudgetRunsAlone() {
        BatchFormer<Integer> former = former(16, 64, 1, 0, 10);
        former.offer(1, text(60), 0);
        former.offer(2, text(60), 0);
        assertThat(tickets(former.poll(0))).containsExactly(1);
        assertThat(tickets(former.poll(0))).containsExactly(2);
    }

    @Test
    void refusesLengthsOutsideTheLimits() {
        BatchFormer<Integer> former = former(512, 64, 1, 0, 10);
        assertThatThrownBy(() -> former.offer(1, text(0), 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 tokens").hasMessageContaining("1 to 64");
        assertThatThrownBy(() -> former.offer(1, text(65), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BatchLimits.padded(0, 1, 1, 1, 0, 1)).hasMessageContaining("maxTokens is 0");
        assertThatThrownBy(() -> BatchLimits.padded(1, 1, 1, 1, -1, 1)).hasMessageContaining("lingerNs is -1");
    }

    @Test
    void drainGivesAllInOrderOfArrival() {
        BatchFormer<Integer> former = former(512, 64, 1, 0, 10);
        former.offer(1, text(9), 0);
        former.offer(2, text(3), 0);
        former.offer(3, text(9), 0);
        assertThat(former.drain().stream().map(Pending::ticket)).containsExactly(1, 2, 3);
        assertThat(former.size()).isZero();
        assertThat(former.poll(0)).isEmpty();
    }

    static LongStream seeds() {
        return LongStream.rangeClosed(1, 60);
    }

    /** Random arrivals and polls: every text once, within budget, unmixed, in order within a length, none starved. */
    @ParameterizedTest
    @MethodSource("seeds")
    void keepsItsPromisesUnderRandomLoad(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BatchLimits limits = BatchLimits.padded(random.nextInt(1, 300), random.nextInt(1, 20), random.nextInt(1, 12),
                random.nextInt(1, 64), random.nextInt(3) * 50L, random.nextInt(1, 200));
        BatchFormer<Integer> former = new BatchFormer<>(limits);
        Map<Integer, Integer> pollsAllowed = new HashMap<>();
        List<Integer> waiting = new ArrayList<>();
        Map<Integer, Integer> lastOfLength = new HashMap<>();
        int next = 0;
        long nowNs = 0;
        while (next < 1500 || former.size() > 0) {
            nowNs += random.nextInt(20);
            for (int n = random.nextInt(30); n > 0 && next < 1500; n--) {
                int tokens = 1 + random.nextInt(limits.maxTextTokens());
                boolean taken = former.offer(next, text(tokens), nowNs);
                assertThat(taken).as("seed %d", seed).isEqualTo(waiting.size() < limits.queueMaxTexts());
                if (taken) {
                    pollsAllowed.put(next, (waiting.size() + 1) * (BatchFormer.PASSES_MAX + 1));
                    waiting.add(next++);
                }
            }
            long dueNs = former.dueNs(nowNs).orElse(Long.MAX_VALUE);
            Optional<MicroBatch<Integer>> polled = former.poll(nowNs);
            assertThat(polled.isPresent()).as("seed %d", seed).isEqualTo(dueNs <= nowNs);
            if (polled.isEmpty()) {
                continue;
            }
            MicroBatch<Integer> batch = polled.get();
            assertThat(batch.size()).as("seed %d rows", seed).isBetween(1, limits.maxRows());
            assertThat(batch.size() == 1 || batch.tokens() <= limits.maxTokens()).as("seed %d tokens", seed).isTrue();
            for (Pending<Integer> row : batch.rows()) {
                assertThat(limits.paddedLength(row.text().length())).as("seed %d padding", seed)
                        .isEqualTo(batch.paddedLength());
                assertThat(waiting.remove((Object) row.ticket())).as("seed %d once", seed).isTrue();
                Integer before = lastOfLength.put(batch.paddedLength(), row.ticket());
                assertThat(before == null || before < row.ticket()).as("seed %d order", seed).isTrue();
            }
            for (int w : waiting) {
                assertThat(pollsAllowed.merge(w, -1, Integer::sum)).as("seed %d: text %d starves", seed, w)
                        .isPositive();
            }
        }
        assertThat(next).isEqualTo(1500);
        assertThat(waiting).isEmpty();
    }

    @Test
    void neverLeavesTheOldestBehindMoreOftenThanItSays() {
        BatchFormer<Integer> former = former(512, 4, 1, 0, 1000);
        former.offer(-1, text(60), 0);
        int batches = 0;
        boolean seen = false;
        while (!seen) {
            for (int i = 0; i < 4; i++) {
                former.offer(i, text(5), 1);
            }
            seen = tickets(former.poll(1)).contains(-1);
            batches++;
        }
        assertThat(batches).isEqualTo(BatchFormer.PASSES_MAX + 1);
    }

    @Test
    void packedTextsOfAnyLengthGoTogetherUpToTheBudget() {
        BatchFormer<Integer> former = new BatchFormer<>(BatchLimits.packed(20, 3, 64, 100, 50));
        former.offer(1, text(9), 0);
        former.offer(2, text(3), 0);
        assertThat(former.poll(0)).isEmpty();
        former.offer(3, text(8), 0);
        MicroBatch<Integer> full = former.poll(0).orElseThrow();
        assertThat(full.rows()).extracting(Pending::ticket).containsExactly(1, 2, 3);
        assertThat(full.paddedLength()).isEqualTo(9);
        assertThat(full.textTokens()).isEqualTo(20);
        former.offer(4, text(60), 1);
        former.offer(5, text(1), 1);
        assertThat(tickets(former.poll(1))).as("longer than the budget: alone").containsExactly(4);
        assertThat(tickets(former.poll(101))).containsExactly(5);
    }

    /** Random arrivals: every text once, in the order of arrival, each batch as large as the budget allows. */
    @ParameterizedTest
    @MethodSource("seeds")
    void packedBatchesKeepTheOrderOfArrivalAndFillTheBudget(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        BatchLimits limits = BatchLimits.packed(random.nextInt(1, 300), random.nextInt(1, 20), random.nextInt(1, 64), 0,
                5000);
        BatchFormer<Integer> former = new BatchFormer<>(limits);
        List<Integer> lengths = new ArrayList<>();
        int taken = 0;
        while (lengths.size() < 1000 || former.size() > 0) {
            for (int n = random.nextInt(30); n > 0 && lengths.size() < 1000; n--) {
                int tokens = 1 + random.nextInt(limits.maxTextTokens());
                former.offer(lengths.size(), text(tokens), 0);
                lengths.add(tokens);
            }
            Optional<MicroBatch<Integer>> batch = former.poll(0);
            if (batch.isEmpty()) {
                continue;
            }
            int sum = 0;
            for (Pending<Integer> row : batch.get().rows()) {
                assertThat(row.ticket()).as("seed %d order", seed).isEqualTo(taken++);
                sum += row.text().length();
            }
            int rows = batch.get().size();
            assertThat(rows == 1 || sum <= limits.maxTokens()).as("seed %d budget", seed).isTrue();
            boolean more = former.size() > 0;
            assertThat(!more || rows == limits.maxRows() || sum + lengths.get(taken) > limits.maxTokens())
                    .as("seed %d: another text would have fitted", seed).isTrue();
        }
        assertThat(taken).isEqualTo(1000);
    }

    /** Which texts share a batch may depend on the order of arrival; what a text is padded to may not. */
    @ParameterizedTest
    @MethodSource("seeds")
    void paddingDoesNotDependOnTheOrderOfArrival(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] lengths = random.ints(200, 1, 65).toArray();
        assertThat(paddedLengths(lengths, new SplittableRandom(seed + 1000))).as("seed %d", seed)
                .isEqualTo(paddedLengths(lengths, new SplittableRandom(seed + 2000)));
    }

    private static Map<Integer, Integer> paddedLengths(int[] lengths, SplittableRandom random) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            order.add(random.nextInt(order.size() + 1), i);
        }
        BatchFormer<Integer> former = former(256, 16, 8, 0, 1000);
        Map<Integer, Integer> padded = new HashMap<>();
        for (int i : order) {
            former.offer(i, text(lengths[i]), 0);
            if (random.nextInt(10) == 0) {
                former.poll(0).ifPresent(b -> b.rows().forEach(r -> padded.put(r.ticket(), b.paddedLength())));
            }
        }
        for (Optional<MicroBatch<Integer>> b = former.poll(0); b.isPresent(); b = former.poll(0)) {
            MicroBatch<Integer> batch = b.get();
            batch.rows().forEach(r -> padded.put(r.ticket(), batch.paddedLength()));
        }
        return padded;
    }
}
