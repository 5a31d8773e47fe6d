package dev.semblance.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Texts that have nothing to do with each other: two clauses on two different topics each. A pair of clauses shares at
 * most one of its six parts with any of the last few hundred texts on the same two topics, in either order, as long as
 * that many different ones can be made. Thread: one.
 */
final class Chatter {

    private static final List<String> OPENERS = List.of("", "", "", "", "", "Today: ", "Honestly, ", "Overheard: ",
            "Small joys. ", "Note to self: ", "Breaking from my street: ", "Update! ", "Unpopular opinion? ",
            "Can confirm, ", "Plot twist: ", "Fun fact: ");
    private static final List<String> JOINTS = List.of(". Meanwhile ", ", and ", " — and ", "; ", ". Also, ",
            ", whereas ", "… and ", ". Unrelated: ", ", or so I hear, and ", ". In other news, ");
    private static final List<String> CLOSERS = List.of("", "", "", "", ".", "!", " 😅", " 🙃", " …", ".", " Anyway.",
            " What a week.", " ☕", " Ask me anything.", "!!", " 🌧️");
    private static final List<Topic> TOPICS = load();
    private static final int ATTEMPTS = 24;
    private static final int REMEMBERED = 256;

    /** A name and three parts of a clause, each with its choices. */
    private record Topic(String name, List<List<String>> parts) {}

    /** A clause and which choices made it. */
    private record Clause(Topic topic, String text, Set<String> choices) {

        boolean resembles(Set<String> others) {
            return choices.stream().filter(others::contains).count() > 1;
        }
    }

    private final Random random;
    /** By the two topics: the choices of the texts made so far. */
    private final Map<Set<String>, List<Set<String>>> made = new HashMap<>();

    Chatter(Random random) {
        this.random = random;
    }

    String next() {
        for (int attempt = 1;; attempt++) {
            Clause first = clause(null);
            Clause second = clause(first.topic);
            List<Set<String>> earlier = made.computeIfAbsent(Set.of(first.topic.name, second.topic.name),
                    k -> new ArrayList<>());
            if (attempt < ATTEMPTS && earlier.stream().anyMatch(e -> first.resembles(e) || second.resembles(e))) {
                continue;
            }
            Set<String> choices = new HashSet<>(first.choices);
            choices.addAll(second.choices);
            if (earlier.size() == REMEMBERED) {
                earlier.removeFirst();
            }
            earlier.add(choices);
            return text(first, second);
        }
    }

    private String text(Clause first, Clause second) {
        String text = pick(OPENERS) + first.text + pick(JOINTS) + second.text + pick(CLOSERS);
        if (random.nextInt(4) == 0) {
            text += " #" + second.topic.name;
        }
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private Clause clause(Topic not) {
        Topic topic = pick(TOPICS);
        while (topic == not) {
            topic = pick(TOPICS);
        }
        List<String> words = topic.parts.stream().map(this::pick).toList();
        return new Clause(topic, String.join(" ", words), Set.copyOf(words));
    }

    /** The name of a topic, to be used as a hashtag. */
    String hashtag() {
        return "#" + pick(TOPICS).name;
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private static List<Topic> load() {
        try (InputStream in = Chatter.class.getResourceAsStream("chatter.txt");
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines().filter(line -> !line.startsWith("#")).map(Chatter::topic).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("chatter.txt in the program's own jar cannot be read", e);
        }
    }

    private static Topic topic(String line) {
        int colon = line.indexOf(':');
        List<List<String>> parts = new ArrayList<>();
        for (String part : line.substring(colon + 1).split("\\|", -1)) {
            parts.add(List.of(part.strip().split("\\s*;\\s*", -1)));
        }
        return new Topic(line.substring(0, colon), List.copyOf(parts));
    }
}
