package dev.semblance.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates public topics and compares them with their specifications. Thread: the caller's; keeps no state. */
public final class TopicSetup {

    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
    /** Brokers that are starved or just starting are fenced for some seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(500);

    private TopicSetup() {}

    /**
     * Creates what is missing and waits until all brokers' answers know it; leaves alone what exists. Transient
     * failures are retried for up to a minute.
     *
     * @return names of the topics created, in the order of {@code specs}
     * @throws KafkaException the failure that lasted, or that no retry can help
     */
    public static List<String> create(Admin admin, List<TopicSpec> specs) {
        return create(admin, specs, PATIENCE, PAUSE);
    }

    static List<String> create(Admin admin, List<TopicSpec> specs, Duration patience, Duration pause) {
        long deadlineNs = System.nanoTime() + patience.toNanos();
        Map<String, TopicSpec> open = new LinkedHashMap<>();
        specs.forEach(s -> open.put(s.name(), s));
        List<String> created = new ArrayList<>();
        while (true) {
            KafkaException failure = attempt(admin, open, created);
            if (failure == null) {
                return specs.stream().map(TopicSpec::name).filter(created::contains).toList();
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw failure;
            }
            LOG.debug("topics {} not ready yet: {}", open.keySet(), failure.toString());
            sleep(pause);
        }
    }

    /** Takes out of {@code open} what exists now. Returns the last transient failure, or null when all is done. */
    private static KafkaException attempt(Admin admin, Map<String, TopicSpec> open, List<String> created) {
        KafkaException failure = null;
        Map<String, KafkaFuture<TopicDescription>> known = admin.describeTopics(open.keySet()).topicNameValues();
        List<TopicSpec> missing = new ArrayList<>();
        for (TopicSpec spec : List.copyOf(open.values())) {
            try {
                Answers.of(known.get(spec.name()));
                open.remove(spec.name());
            } catch (UnknownTopicOrPartitionException e) {
                missing.add(spec);
            } catch (KafkaException e) {
                failure = transientOrThrow(e, spec);
            }
        }
        if (missing.isEmpty()) {
            return failure;
        }
        Map<String, KafkaFuture<Void>> answers = admin
                .createTopics(missing.stream().map(TopicSetup::newTopic).toList()).values();
        for (TopicSpec spec : missing) {
            try {
                Answers.of(answers.get(spec.name()));
                created.add(spec.name());
                failure = new UnknownTopicOrPartitionException("topic '" + spec.name() + "' was created, but is not yet"
                        + " known to every broker");
            } catch (TopicExistsException e) {
                failure = new UnknownTopicOrPartitionException(e.getMessage());
            } catch (KafkaException e) {
                failure = transientOrThrow(e, spec);
            }
        }
        return failure;
    }

    private static NewTopic newTopic(TopicSpec spec) {
        Optional<Short> replicas = spec.replicationFactor() < 0
                ? Optional.empty()
                : Optional.of(spec.replicationFactor());
        return new NewTopic(spec.name(), Optional.of(spec.partitions()), replicas).configs(spec.config());
    }

    /** Fenced brokers answer with a failure that is not marked retriable; only its text tells it from a lasting one. */
    private static KafkaException transientOrThrow(KafkaException e, TopicSpec spec) {
        boolean fenced = e instanceof InvalidReplicationFactorException
                && String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("fenced");
        KafkaException named = new KafkaException("topic '" + spec.name() + "' cannot be created: " + e.getMessage(),
                e);
        if (fenced || e instanceof RetriableException) {
            return named;
        }
        throw named;
    }

    /**
     * Compares; changes nothing.
     *
     * @return problems in the order of {@code specs}; empty where all is as specified
     * @throws KafkaException where the brokers do not answer
     */
    public static List<TopicProblem> check(Admin admin, List<TopicSpec> specs) {
        Map<String, TopicDescription> found = describe(admin, specs);
        Map<String, Map<String, String>> configs = configs(admin, found.keySet().stream().sorted().toList());
        List<TopicProblem> problems = new ArrayList<>();
        for (TopicSpec spec : specs) {
            TopicDescription d = found.get(spec.name());
            TopicComparison.Actual actual = d == null
                    ? null
                    : new TopicComparison.Actual(d.partitions().size(),
                            d.partitions().stream().mapToInt(p -> p.replicas().size()).min().orElse(0),
                            configs.get(spec.name()));
            problems.addAll(TopicComparison.compare(spec, actual));
        }
        return List.copyOf(problems);
    }

    private static Map<String, TopicDescription> describe(Admin admin, List<TopicSpec> specs) {
        Map<String, TopicDescription> found = new HashMap<>();
        admin.describeTopics(specs.stream().map(TopicSpec::name).toList()).topicNameValues().forEach((name, future) -> {
            try {
                found.put(name, Answers.of(future));
            } catch (UnknownTopicOrPartitionException e) {
                // Left out: the comparison says that it is missing.
            } catch (AuthorizationException e) {
                throw new KafkaException("topic '" + name + "' may not be described (Describe): " + e.getMessage(), e);
            }
        });
        return found;
    }

    /** Topic → settings; a topic whose settings may not be read is left out. */
    private static Map<String, Map<String, String>> configs(Admin admin, List<String> topics) {
        List<ConfigResource> resources = topics.stream().map(t -> new ConfigResource(ConfigResource.Type.TOPIC, t))
                .toList();
        Map<String, Map<String, String>> configs = new HashMap<>();
        admin.describeConfigs(resources).values().forEach((resource, future) -> {
            try {
                Config config = Answers.of(future);
                configs.put(resource.name(), config.entries().stream().filter(e -> e.value() != null)
                        .collect(Collectors.toMap(ConfigEntry::name, ConfigEntry::value)));
            } catch (AuthorizationException e) {
                LOG.debug("configuration of topic {} may not be read", resource.name(), e);
            }
        });
        return configs;
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
