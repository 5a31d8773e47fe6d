package dev.semblance.detect;

/**
 * What the time between two events leaves of their similarity: cosine · 2^(−Δt / half-life). Computed with
 * {@link StrictMath}: every machine comes to the same verdict.
 *
 * <p>Thread: immutable. Source: De Francisci Morales and Gionis, "Streaming Similarity Self-Join", 2016.
 *
 * @param halfLifeMs 0 for no decay
 */
record Decay(long halfLifeMs) {

    boolean isOn() {
        return halfLifeMs > 0;
    }

    /** @param apartMs at least 0 */
    float similarity(float cosine, long apartMs) {
        return halfLifeMs == 0 ? cosine : (float) (cosine * StrictMath.pow(2, -(double) apartMs / halfLifeMs));
    }

    /** How far apart in time two events of a window can still reach the threshold. */
    long reachMs(long windowMs, float threshold) {
        // One more for the rounding: what does not reach the threshold is left out in any case.
        return halfLifeMs == 0
                ? windowMs
                : Math.min(windowMs, 1 + (long) (halfLifeMs * -StrictMath.log(threshold) / StrictMath.log(2)));
    }
}
