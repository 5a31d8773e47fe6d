package dev.semblance.model.graph;

import java.util.Arrays;

/**
 * Channels that are there more than once. A channel whose weights are much larger than all others' would make the steps of
 * the int8 weights coarse for them all; k copies of it share its weight, so that it needs steps of a k-th.
 */
// Improving Neural Network Quantization without Retraining using Outlier Channel Splitting, 2019,
// https://arxiv.org/abs/1901.09504
final class Copies {

    private Copies() {}

    /**
     * How often each channel is there: first once, then the largest by its share is given one more, again and again.
     *
     * @param sizes [channels]
     * @param extra how many more there are in the end
     */
    static int[] of(float[] sizes, int extra) {
        int[] copies = new int[sizes.length];
        Arrays.fill(copies, 1);
        for (int i = 0; i < extra; i++) {
            int largest = 0;
            for (int c = 1; c < sizes.length; c++) {
                if (sizes[c] / copies[c] > sizes[largest] / copies[largest]) {
                    largest = c;
                }
            }
            copies[largest]++;
        }
        return copies;
    }

    /** The rows of [copies.length × width], each as many times as said: a new array. */
    static float[] repeat(float[] rows, int width, int... copies) {
        float[] all = new float[Arrays.stream(copies).sum() * width];
        int at = 0;
        for (int r = 0; r < copies.length; r++) {
            for (int k = 0; k < copies[r]; k++) {
                System.arraycopy(rows, r * width, all, at, width);
                at += width;
            }
        }
        return all;
    }
}
