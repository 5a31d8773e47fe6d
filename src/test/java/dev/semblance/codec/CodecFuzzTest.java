package dev.semblance.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.semblance.record.VectorEncoding;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Broken values of every kind: read, or refused with a reason, but nothing else. */
class CodecFuzzTest {

    private static final int MUTATIONS = 20_000;

    private final RecordCodec codec = new RecordCodec();

    private record Target(byte[] value, Consumer<byte[]> decode) {}

    @Test
    void mutatedValuesAreReadOrRefused() {
        List<Target> targets = List.of(new Target(codec.encode(Samples.EVENT), codec::decodeTextEvent),
                new Target(codec.encode(Samples.EMBEDDING, VectorEncoding.F32), codec::decodeEmbedding),
                new Target(codec.encode(Samples.ALERT), codec::decodeAlert),
                new Target(codec.encode(Samples.WATCH), codec::decodeWatch),
                new Target(codec.encode(Samples.WATCH_VECTOR, VectorEncoding.I8), codec::decodeWatchVector));
        int refused = 0;
        for (long seed = 0; seed < MUTATIONS; seed++) {
            Random random = new Random(seed);
            Target target = targets.get(random.nextInt(targets.size()));
            byte[] mutated = mutate(target.value(), random);
            refused += refusals(() -> target.decode().accept(mutated), seed);
            refusals(() -> RecordJson.toJson(mutated), seed);
        }
        assertThat(refused).as("refused of %d", MUTATIONS).isBetween(MUTATIONS / 4, MUTATIONS - 1);
    }

    private static int refusals(Runnable decode, long seed) {
        try {
            decode.run();
            return 0;
        } catch (CodecException e) {
            assertThat(e.rejection().message()).as("seed %d", seed).isNotBlank().hasSizeLessThan(800);
            return 1;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    /** Leaves the header alone, mostly: behind it is where the decoder works. */
    private static byte[] mutate(byte[] value, Random random) {
        byte[] mutated = value.clone();
        int from = random.nextInt(50) == 0 ? 0 : Framing.SINGLE_OBJECT_HEADER_BYTES;
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = from + random.nextInt(mutated.length - from);
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutated[at] = (byte) random.nextInt();
                case 2 -> mutated = Arrays.copyOf(mutated, Math.max(at, from + 1));
                default -> {
                    byte[] longer = Arrays.copyOf(mutated, mutated.length + 5);
                    System.arraycopy(mutated, at, longer, at + 5, mutated.length - at);
                    Arrays.fill(longer, at, at + 5, (byte) 0xFF);
                    mutated = longer;
                }
            }
        }
        return mutated;
    }
}
