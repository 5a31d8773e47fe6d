package dev.semblance.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

/** The retries, against brokers played by a script; the tests of the commands ask real ones. */
class TopicSetupTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration NO_PAUSE = Duration.ZERO;
    private static final TopicSpec A = new TopicSpec("a", "a", 4, (short) -1, Map.of("retention.ms", "1"));
    private static final TopicSpec B = new TopicSpec("b", "b", 1, (short) 3, Map.of());

    private final Set<String> existing = new HashSet<>();
    /** Failures of the next creations, in order; then they succeed. */
    private final Deque<KafkaException> failures = new ArrayDeque<>();
    private final List<NewTopic> created = new ArrayList<>();
    /** How many descriptions do not know a new topic yet. */
    private int lag;

    private final Admin admin = (Admin) Proxy.newProxyInstance(Admin.class.getClassLoader(),
            new Class<?>[]{Admin.class},
            (proxy, method, args) -> switch (method.getName()) {
                case "describeTopics" -> describe((Collection<?>) args[0]);
                case "createTopics" -> create((Collection<?>) args[0]);
                default -> throw new UnsupportedOperationException(method.getName());
            });

    private static final class Described extends DescribeTopicsResult {
        Described(Map<String, KafkaFuture<TopicDescription>> byName) {
            super(null, byName);
        }
    }

    private static final class Created extends CreateTopicsResult {
        Created(Map<String, KafkaFuture<TopicMetadataAndConfig>> futures) {
            super(futures);
        }
    }

    private Object describe(Collection<?> names) {
        Map<String, KafkaFuture<TopicDescription>> answers = new HashMap<>();
        for (Object name : names) {
            boolean visible = existing.contains(name) && (created.isEmpty() || lag-- <= 0);
            answers.put((String) name, visible
                    ? KafkaFuture.completedFuture(new TopicDescription((String) name, false, List.of()))
                    : failed(new UnknownTopicOrPartitionException("not here")));
        }
        return new Described(answers);
    }

    private Object create(Collection<?> topics) {
        Map<String, KafkaFuture<CreateTopicsResult.TopicMetadataAndConfig>> answers = new HashMap<>();
        for (Object o : topics) {
            NewTopic topic = (NewTopic) o;
            KafkaException failure = failures.poll();
            if (failure != null) {
                answers.put(topic.name(), failed(failure));
            } else if (!existing.add(topic.name())) {
                answers.put(topic.name(), failed(new TopicExistsException("there already")));
            } else {
                created.add(topic);
                answers.put(topic.name(),
                        KafkaFuture.completedFuture(new CreateTopicsResult.TopicMetadataAndConfig(null, 1, 1, null)));
            }
        }
        return new Created(answers);
    }

    private static <T> KafkaFuture<T> failed(KafkaException e) {
        KafkaFutureImpl<T> future = new KafkaFutureImpl<>();
        future.completeExceptionally(e);
        return future;
    }

    @Test
    void createsOnlyWhatIsMissingAsSpecified() {
        existing.add("b");

        assertThat(TopicSetup.create(admin, List.of(A, B), LONG, NO_PAUSE)).containsExactly("a");

        assertThat(created).containsExactly(new NewTopic("a", java.util.Optional.of(4), java.util.Optional.empty())
                .configs(Map.of("retention.ms", "1")));
        assertThat(TopicSetup.create(admin, List.of(A, B), LONG, NO_PAUSE)).isEmpty();
        assertThat(TopicSetup.create(admin, List.of(), LONG, NO_PAUSE)).isEmpty();
    }

    @Test
    void transientFailuresAreRetried() {
        failures.add(new TimeoutException("slow"));
        failures.add(new InvalidReplicationFactorException("All brokers are currently fenced."));

        assertThat(TopicSetup.create(admin, List.of(A, B), LONG, NO_PAUSE)).containsExactly("a", "b");
        assertThat(created).extracting(NewTopic::replicationFactor).contains((short) 3);
    }

    @Test
    void aTopicThatSomeoneElseMadeMeanwhileIsFine() {
        failures.add(new TopicExistsException("a moment ago"));
        assertThat(TopicSetup.create(admin, List.of(A), LONG, NO_PAUSE)).containsExactly("a");
    }

    @Test
    void waitsUntilEveryBrokerKnowsTheTopic() {
        lag = 5;
        assertThat(TopicSetup.create(admin, List.of(A), LONG, NO_PAUSE)).containsExactly("a");
        assertThat(lag).isNegative();
    }

    @Test
    void failuresThatNoRetryHelpsEndAtOnce() {
        failures.add(new InvalidReplicationFactorException("only 1 broker(s) are registered."));
        assertThatThrownBy(() -> TopicSetup.create(admin, List.of(B), LONG, NO_PAUSE))
                .isInstanceOf(KafkaException.class)
                .hasMessage("topic 'b' cannot be created: only 1 broker(s) are registered.");
        assertThat(created).isEmpty();
    }

    @Test
    void patienceEnds() {
        for (int i = 0; i < 10; i++) {
            failures.add(new TimeoutException("slow"));
        }
        assertThatThrownBy(() -> TopicSetup.create(admin, List.of(A), Duration.ZERO, NO_PAUSE))
                .isInstanceOf(KafkaException.class).hasMessage("topic 'a' cannot be created: slow");
    }
}
