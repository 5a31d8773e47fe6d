package dev.semblance.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.detect.ShardMessage.Join;
import dev.semblance.detect.ShardMessage.Partners;
import dev.semblance.detect.ShardMessage.Progress;
import dev.semblance.detect.ShardMessage.Report;
import dev.semblance.record.MatchKind;
import dev.semblance.window.Windows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The internal formats between sequence and shards: what is written is read; what is cut off or garbage is refused. */
class ShardFormatsTest {

    private static Found found(Random random) {
        return new Found("id-ä" + random.nextInt(100), random.nextLong(), random.nextBoolean() ? null : "text ✓",
                MatchKind.values()[random.nextInt(3)], random.nextFloat(), random.nextFloat());
    }

    private static ShardMessage message(Random random) {
        long sequence = random.nextLong(Long.MAX_VALUE);
        return switch (random.nextInt(4)) {
            case 0 -> {
                Set<MatchKind> kinds = EnumSet.noneOf(MatchKind.class);
                Arrays.stream(MatchKind.values()).filter(_ -> random.nextBoolean()).forEach(kinds::add);
                yield new Report(sequence, random.nextBoolean() ? null : found(random),
                        kinds.isEmpty() ? null : found(random).rank(), kinds);
            }
            case 1 -> new Join(sequence, random.nextLong(), random.nextBoolean(),
                    new Repeat("e", random.nextLong(), random.nextBoolean() ? null : "", Windows.model("r", 384), "o",
                            random.nextLong(), "other", MatchKind.NEAR, random.nextFloat(), random.nextFloat(),
                            random.nextBoolean()));
            case 2 -> {
                List<Found> partners = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    partners.add(found(random));
                }
                yield new Partners(sequence, partners, random.nextBoolean());
            }
            default -> new Progress(sequence);
        };
    }

    @Test
    void mailIsReadAsItWasWritten() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<ShardMessage> messages = new ArrayList<>();
            for (int i = random.nextInt(20) + 1; i > 0; i--) {
                messages.add(message(random));
            }
            ShardMail mail = new ShardMail(random.nextLong(Long.MAX_VALUE), random.nextInt(128), messages);
            List<byte[]> records = mail.encode();
            assertThat(records).as("seed %d", seed).hasSize(1);
            assertThat(ShardMail.decode(records.getFirst())).as("seed %d", seed).isEqualTo(mail);
        }
    }

    @Test
    void mailIsSplitBelowTheLargestRecord() {
        List<ShardMessage> messages = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            messages.add(
                    new Report(i, new Found("o" + i, i, "x".repeat(10_000), MatchKind.NEAR, 0.9f, 0.9f), null,
                            Set.of()));
        }
        List<byte[]> records = new ShardMail(1, 2, messages).encode();
        assertThat(records).hasSizeGreaterThan(5).allMatch(r -> r.length <= ShardMail.MAX_BYTES);
        assertThat(records.stream().flatMap(r -> ShardMail.decode(r).messages().stream()).toList()).isEqualTo(messages);
    }

    @Test
    void turnsAreReadAsTheyWereWritten() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            List<Turn> turns = new ArrayList<>();
            long sequence = random.nextInt(1_000);
            for (int i = random.nextInt(70) + 1; i > 0; i--) {
                byte[] value = new byte[random.nextInt(300)];
                random.nextBytes(value);
                sequence += 1 + random.nextInt(2);
                turns.add(new Turn(sequence, random.nextBoolean() ? Long.MIN_VALUE : random.nextLong(),
                        random.nextLong(), random.nextBoolean(), ("k" + i).getBytes(),
                        random.nextInt(4) == 0 ? null : value));
            }
            TurnBatch batch = TurnBatch.decode(new TurnBatch(seed, turns).encode());
            assertThat(batch.run()).isEqualTo(seed);
            assertThat(batch.turns()).as("seed %d", seed).usingRecursiveComparison().isEqualTo(turns);
        }
    }

    @Test
    void whatIsCutOffOrGarbageIsRefused() {
        Random random = new Random(11);
        List<ShardMessage> messages = List.of(new Progress(300), new Report(5, found(random), null, Set.of()),
                new Partners(9, List.of(new Found("p", 1, null, MatchKind.EXACT, 1, 1)), true));
        byte[] mail = new ShardMail(1, 2, messages).encode().getFirst();
        byte[] turns = new TurnBatch(3, List.of(new Turn(1, 5, 6, true, new byte[]{7}, new byte[40]))).encode();
        for (int length = 0; length < turns.length; length++) {
            byte[] cut = Arrays.copyOf(turns, length);
            refused(() -> TurnBatch.decode(cut));
        }
        int intact = 0;
        for (int length = 0; length < mail.length; length++) {
            byte[] cut = Arrays.copyOf(mail, length);
            try {
                // Between two messages a mail may end.
                intact += ShardMail.decode(cut).messages().size() < messages.size() ? 1 : 0;
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("a message between shards of " + length + " bytes");
            }
        }
        assertThat(intact).isEqualTo(messages.size());
        refused(() -> ShardMail.decode(new byte[]{9, 1, 1}));
        refused(() -> ShardMail.decode(new byte[]{1, 1, 1, 77}));
        refused(() -> TurnBatch.decode(new byte[]{1, 1, 120}));
        for (int i = 0; i < 20_000; i++) {
            byte[] garbage = (i % 2 == 0 ? mail : turns).clone();
            garbage[1 + random.nextInt(garbage.length - 1)] = (byte) random.nextInt(256);
            boolean isMail = i % 2 == 0;
            try {
                if (isMail) {
                    ShardMail.decode(garbage);
                } else {
                    TurnBatch.decode(garbage);
                }
            } catch (IllegalStateException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private static void refused(ThrowingCallable decoding) {
        assertThatThrownBy(decoding).isInstanceOf(IllegalStateException.class).hasMessageMatching("(?s).* bytes .*");
    }

    @Test
    void homesAreSpreadAndFixed() {
        int[] counts = new int[8];
        for (int i = 0; i < 8_000; i++) {
            counts[Shard.home(("tweet-" + i).getBytes(), 8)]++;
        }
        assertThat(Arrays.stream(counts).boxed()).as("events a shard").allMatch(n -> n > 850 && n < 1_150);
        assertThat(List.of(Shard.home("a".getBytes(), 128), Shard.home("semblance".getBytes(), 128)))
                .as("part of running state").isEqualTo(List.of(51, 101));
    }
}
