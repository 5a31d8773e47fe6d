package dev.semblance.topology;

import dev.semblance.infer.DeviceLostException;
import dev.semblance.infer.EmbeddingEngine;
import dev.semblance.record.ModelIdentity;
import dev.semblance.record.PoisonTextException;
import dev.semblance.record.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An engine whose vectors come when the test says so, in any order. Thread: the test's. */
final class ScriptedEngine implements EmbeddingEngine {

    static final ModelIdentity MODEL = new ModelIdentity("test/scripted", "5".repeat(64), 4, "mean", true, 8, "fp32");

    /** What happens to a text that the stage stops to wait for: the test's thread cannot answer meanwhile. */
    enum WhenAwaited {
        ANSWER,
        TIME_OUT
    }

    private final List<Submission> submissions = new ArrayList<>();
    private WhenAwaited whenAwaited = WhenAwaited.TIME_OUT;
    private int awaited;

    private final class Submission extends CompletableFuture<float[]> {

        private final int number;

        Submission(int number) {
            this.number = number;
        }

        @Override
        public float[] get(long timeout, TimeUnit unit)
                throws InterruptedException, java.util.concurrent.ExecutionException, TimeoutException {
            if (!isDone()) {
                awaited++;
                if (whenAwaited == WhenAwaited.TIME_OUT) {
                    throw new TimeoutException();
                }
                complete(vector(number));
            }
            return super.get(timeout, unit);
        }
    }

    /** The vector of the n-th text submitted: unit length, different for each. */
    static float[] vector(int number) {
        double angle = 0.01 * number;
        return new float[]{(float) Math.cos(angle), (float) Math.sin(angle), 0, 0};
    }

    ScriptedEngine whenAwaited(WhenAwaited behaviour) {
        whenAwaited = behaviour;
        return this;
    }

    /** Texts submitted so far. */
    int submitted() {
        return submissions.size();
    }

    /** How often the stage stopped to wait. */
    int awaited() {
        return awaited;
    }

    void complete(int... numbers) {
        for (int number : numbers) {
            submissions.get(number).complete(vector(number));
        }
    }

    void completeAll() {
        for (int i = 0; i < submissions.size(); i++) {
            complete(i);
        }
    }

    void reject(int number) {
        submissions.get(number).completeExceptionally(new PoisonTextException("the model rejects it", null));
    }

    void loseDevice(int number) {
        submissions.get(number).completeExceptionally(new DeviceLostException("the cable was pulled", null));
    }

    @Override
    public ModelIdentity model() {
        return MODEL;
    }

    @Override
    public String describe() {
        return "scripted";
    }

    @Override
    public CompletableFuture<float[]> submit(TokenizedText text) {
        Submission submission = new Submission(submissions.size());
        submissions.add(submission);
        return submission;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
