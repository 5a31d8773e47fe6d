package dev.semblance.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/** One thread a core, all at once. */
final class OnAllCores {

    private OnAllCores() {}

    /**
     * @param newKernel  makes a thread's kernel: works until the given {@code System.nanoTime()} and returns the
     *                   operations that it did
     * @param durationNs how long they run
     * @return operations a second of all threads together
     */
    static double perSecond(Supplier<LongUnaryOperator> newKernel, int threads, long durationNs)
            throws InterruptedException {
        List<LongUnaryOperator> kernels = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            kernels.add(newKernel.get());
        }
        double[] perSecond = new double[threads];
        Throwable[] failures = new Throwable[threads];
        List<Thread> running = new ArrayList<>();
        long untilNs = System.nanoTime() + durationNs;
        for (int i = 0; i < threads; i++) {
            int index = i;
            running.add(Thread.ofPlatform().daemon().name("bench-core-" + i).start(() -> {
                try {
                    long startNs = System.nanoTime();
                    long operations = kernels.get(index).applyAsLong(untilNs);
                    perSecond[index] = operations / ((System.nanoTime() - startNs) / 1e9);
                } catch (RuntimeException | Error e) {
                    failures[index] = e;
                }
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        double sum = 0;
        for (int i = 0; i < threads; i++) {
            if (failures[i] != null) {
                throw new BenchException("the machine's limit cannot be measured: " + failures[i].getMessage(),
                        failures[i]);
            }
            sum += perSecond[i];
        }
        return sum;
    }
}
