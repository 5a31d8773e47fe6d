package dev.semblance.testing;

import dev.semblance.local.LocalBroker;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands a {@link TestBroker} to tests that ask for one: {@code @ExtendWith(BrokerExtension.class)} on the class and a
 * parameter of that type on a constructor, a test or a lifecycle method. One broker for the whole JVM, started on first
 * use and closed after the last test; so tests take names from {@link TestBroker#unique}.
 */
public final class BrokerExtension implements ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
            .create(BrokerExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestBroker.class;
    }

    @Override
    public TestBroker resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // The root store closes what is closeable when the run ends.
        return context.getRoot().getStore(NAMESPACE).computeIfAbsent(TestBroker.class,
                type -> new TestBroker(LocalBroker.start(LocalBroker.Options.temporary())), TestBroker.class);
    }
}
