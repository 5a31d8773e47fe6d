package dev.semblance.model.hub;

import java.time.Duration;

/**
 * Bounds of all waiting.
 *
 * @param connect  until a connection stands
 * @param answer   until a server begins to answer
 * @param stall    within this time at least {@code stallBytes} must come
 * @param attempts of one request in a row without {@code progressBytes} of progress
 * @param backOff  before the second attempt; doubled before each further one
 * @param longest  wait before an attempt, whatever the server asks for
 */
public record Patience(Duration connect, Duration answer, Duration stall, long stallBytes, long progressBytes,
        int attempts, Duration backOff, Duration longest) {

    public static final Patience USUAL = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30),
            Duration.ofSeconds(30), 16 << 10, 1 << 20, 5, Duration.ofMillis(500), Duration.ofSeconds(60));
}
