package dev.semblance.infer;

import dev.semblance.batch.BatchLimits;
import dev.semblance.config.Config;
import dev.semblance.config.Durations;
import java.time.Duration;

/**
 * The configuration with its zeros filled in for one execution provider.
 *
 * @param threads concurrent runs on a device
 * @param timeout a run, or a wait for a place in the queue without any run ending, that lasts longer means the device
 *                is lost
 */
record EngineSettings(int threads, BatchLimits limits, Duration timeout) {

    /** One run computes while the other's vectors and the next one's tokens are copied. */
    private static final int CUDA_THREADS = 2;
    private static final int CUDA_TOKENS = 8192;
    private static final int CUDA_ROWS = 512;

    static EngineSettings cpu(Config.Engine config, int maxTextTokens) {
        // One run a core, each on one thread: 1.45 times the texts of one run on all cores.
        return padded(config, maxTextTokens, Runtime.getRuntime().availableProcessors(), 512, 64, 1);
    }

    /** @param packed whether the graph takes texts end to end */
    static EngineSettings cuda(Config.Engine config, int maxTextTokens, boolean packed) {
        if (!packed) {
            return padded(config, maxTextTokens, CUDA_THREADS, CUDA_TOKENS, CUDA_ROWS, 8);
        }
        BatchLimits limits = BatchLimits.packed(or(config.batchMaxTokens(), CUDA_TOKENS),
                or(config.batchMaxRows(), CUDA_ROWS), maxTextTokens, config.linger().toNanos(),
                config.queueMaxTexts());
        return new EngineSettings(or(config.threads(), CUDA_THREADS), limits, config.timeout());
    }

    private static EngineSettings padded(Config.Engine c, int maxTextTokens, int threads, int tokens, int rows,
            int bucket) {
        BatchLimits limits = BatchLimits.padded(or(c.batchMaxTokens(), tokens), or(c.batchMaxRows(), rows),
                or(c.batchLengthBucket(), bucket), maxTextTokens, c.linger().toNanos(), c.queueMaxTexts());
        return new EngineSettings(or(c.threads(), threads), limits, c.timeout());
    }

    private static int or(int configured, int standard) {
        return configured == 0 ? standard : configured;
    }

    long timeoutNs() {
        return timeout.toNanos();
    }

    /** As in the configuration. */
    String timeoutText() {
        return "engine.timeout=" + Durations.format(timeout);
    }
}
