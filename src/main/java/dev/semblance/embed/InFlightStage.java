package dev.semblance.embed;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;

/**
 * What an {@link InFlightProcessor} needs besides its context.
 *
 * @param input          {@code texts} or {@code watches}: a tag of the meters
 * @param outputNode     name of the sink of finished records
 * @param deadLetterNode name of the sink of dead letters
 * @param maxInFlight    records held per task
 * @param timeout        longest wait for one vector
 */
record InFlightStage(RecordWork work, String input, String storeName, String outputNode, String deadLetterNode,
        boolean exactlyOnce,
        int maxInFlight, Duration timeout, Duration punctuateEvery, MeterRegistry registry) {}
