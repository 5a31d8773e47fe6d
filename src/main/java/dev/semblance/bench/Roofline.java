package dev.semblance.bench;

import dev.semblance.infer.onnx.GemmPeak;
import dev.semblance.vector.PeakFlops;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The machine's limits, measured right before and after what is held against them: multiply-adds in registers, and ONNX
 * Runtime's best matrix products in fp32 and int8. All cores at once.
 *
 * <p>Thread: one.
 */
final class Roofline implements AutoCloseable {

    private static final long WARM_UP_NS = 100_000_000;
    private static final int WARM_UPS_MAX = 200;
    /** Far above what is interpreted, far below what is compiled, whatever else the machine does. */
    private static final double WARM_SHARE = 0.2;

    private final GemmPeak fp32Gemm = new GemmPeak(GemmPeak.Format.FP32);
    private final GemmPeak int8Gemm = new GemmPeak(GemmPeak.Format.INT8);
    private final int threads = Runtime.getRuntime().availableProcessors();
    private final long durationNs;

    /**
     * Operations a second of all cores together, one figure a round.
     *
     * @param fma      fp32, in registers
     * @param fp32Gemm ONNX Runtime's MatMul
     * @param int8Gemm ONNX Runtime's MatMulInteger
     */
    record Limits(Spread fma, Spread fp32Gemm, Spread int8Gemm) {

        /** @param samples one a round */
        static Limits of(List<Sample> samples) {
            return new Limits(spread(samples, Sample::fma), spread(samples, Sample::fp32Gemm),
                    spread(samples, Sample::int8Gemm));
        }

        private static Spread spread(List<Sample> samples, ToDoubleFunction<Sample> limit) {
            return Spread.of(samples.stream().mapToDouble(limit).toArray());
        }
    }

    /** The same at one time. */
    record Sample(double fma, double fp32Gemm, double int8Gemm) {

        /** What is to be expected in between. */
        static Sample mean(Sample before, Sample after) {
            return new Sample((before.fma + after.fma) / 2, (before.fp32Gemm + after.fp32Gemm) / 2,
                    (before.int8Gemm + after.int8Gemm) / 2);
        }
    }

    /** @param durationNs of each of the three measurements of a sample */
    Roofline(long durationNs) {
        this.durationNs = durationNs;
    }

    /**
     * Until the register kernel is compiled: interpreted, it is thousands of times slower. ONNX Runtime's product needs
     * no compiler and says what is to be expected.
     *
     * @throws BenchException where that does not come
     */
    void warmUp(Stop stop) throws InterruptedException {
        double expected = WARM_SHARE * OnAllCores.perSecond(() -> fp32Gemm.newLane()::run, threads, WARM_UP_NS);
        double rate = 0;
        for (int i = 0; i < WARM_UPS_MAX; i++) {
            stop.check();
            rate = OnAllCores.perSecond(() -> PeakFlops::run, threads, WARM_UP_NS);
            if (rate >= expected) {
                return;
            }
        }
        throw new BenchException(String.format(Locale.ROOT,
                "the multiply-add kernel does %.1f GFLOP/s after %d warm-ups,"
                        + " but %.1f were expected by ONNX Runtime's matrix product; the JIT compiler (C2) must be on, and the"
                        + " machine less busy",
                rate / 1e9, WARM_UPS_MAX, expected / 1e9));
    }

    /** One figure of each, now. */
    Sample sample() throws InterruptedException {
        return new Sample(OnAllCores.perSecond(() -> PeakFlops::run, threads, durationNs),
                OnAllCores.perSecond(() -> fp32Gemm.newLane()::run, threads, durationNs),
                OnAllCores.perSecond(() -> int8Gemm.newLane()::run, threads, durationNs));
    }

    @Override
    public void close() {
        fp32Gemm.close();
        int8Gemm.close();
    }
}
