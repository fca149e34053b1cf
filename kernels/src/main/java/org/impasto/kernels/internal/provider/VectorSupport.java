package org.impasto.kernels.internal.provider;

import java.util.Locale;
import java.util.ServiceLoader;
import org.impasto.core.BackendException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.helpers.NOPLogger;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Chooses between the vector and the plain provider, once per process, and says why.
 *
 * <p>The checks are made in a fixed order and the first that fails is the reason: version of the JDK, HotSpot with its
 * optimising compiler C2, module {@code jdk.incubator.vector}, width of the preferred vectors, hardware fused
 * multiply-add. Vector code that C2 does not compile is about 200 times slower than plain loops, hence the care.
 *
 * <p>System property {@code impasto.provider} ({@code vector} or {@code plain}) forces a provider; forcing one that
 * cannot work is an error. Property {@code impasto.vector.bits} (128, 256 or 512) sets the width of the vectors.
 */
public final class VectorSupport {
    /** Property that forces a provider. */
    public static final String PROVIDER_PROPERTY = "impasto.provider";

    /** Property that sets the width of the vectors in bits. */
    public static final String BITS_PROPERTY = "impasto.vector.bits";

    private static final Decision DECISION = decide();

    private VectorSupport() {}

    private record Decision(
            Provider provider,
            int bits,
            String reason,
            boolean warn,
            @Nullable String failure) {}

    /** The provider of this process; an error if the one that was asked for cannot work. */
    public static Provider chosen() {
        if (DECISION.failure() != null) {
            throw new BackendException(DECISION.failure());
        }
        return DECISION.provider();
    }

    /** Whether the vector provider was chosen. */
    public static boolean isVector() {
        return chosen() == Provider.VECTOR;
    }

    /** Width of the vectors in bits; 0 with the plain provider. */
    public static int bits() {
        chosen();
        return DECISION.bits();
    }

    /** Why this provider was chosen: one sentence. */
    public static String reason() {
        chosen();
        return DECISION.reason();
    }

    /** Provider, width and reason in one line, for people. */
    public static String describe() {
        return isVector() ? "vector provider, " + bits() + " bits: " + reason() : "plain provider: " + reason();
    }

    private static Decision decide() {
        Decision decision;
        try {
            decision = decideSilently();
        } catch (BackendException broken) {
            decision = failed(String.valueOf(broken.getMessage())); // said by chosen(), whenever it is asked
        }
        Logger log = LoggerFactory.getLogger(VectorSupport.class);
        if (decision.failure() != null) {
            log.info("{}", decision.failure()); // no more, for chosen() throws it
        } else if (decision.warn()) {
            warn(log, "computing with plain loops, several times slower than vectors: " + decision.reason());
        } else {
            log.info("provider {}, {} bits: {}", decision.provider(), decision.bits(), decision.reason());
        }
        return decision;
    }

    private static void warn(Logger log, String message) {
        // SLF4J drops what is said where there is no provider, unlike where slf4j-nop was chosen for that.
        if (log instanceof NOPLogger
                && ServiceLoader.load(SLF4JServiceProvider.class, LoggerFactory.class.getClassLoader())
                        .findFirst()
                        .isEmpty()) {
            System.getLogger(VectorSupport.class.getName()).log(System.Logger.Level.WARNING, message);
        } else {
            log.warn(message);
        }
    }

    private static Decision decideSilently() {
        String forced = System.getProperty(PROVIDER_PROPERTY, "").trim().toLowerCase(Locale.ROOT);
        if (!forced.isEmpty() && !forced.equals("vector") && !forced.equals("plain")) {
            return failed("property " + PROVIDER_PROPERTY + " is '" + forced + "', expected vector or plain");
        }
        if (forced.equals("plain")) {
            return new Decision(Provider.PLAIN, 0, "property " + PROVIDER_PROPERTY + " is plain", false, null);
        }
        String obstacle = obstacle();
        if (obstacle == null) {
            String requested = System.getProperty(BITS_PROPERTY, "").trim();
            if (!requested.isEmpty() && !requested.matches("128|256|512")) {
                return failed("property " + BITS_PROPERTY + " is '" + requested + "', expected 128, 256 or 512");
            }
            int preferred = preferredBits();
            if (!requested.isEmpty() && Integer.parseInt(requested) > preferred) {
                return failed("property " + BITS_PROPERTY + " is " + requested + ", but the vectors of this JVM have "
                        + preferred + " bits; ask for no more than that");
            }
            if (!requested.isEmpty()) {
                return vector(Integer.parseInt(requested), "property " + BITS_PROPERTY + " is " + requested);
            }
            int least = isArm() ? 128 : 256;
            if (preferred >= least) {
                int bits = Math.min(512, Integer.highestOneBit(preferred));
                return vector(bits, "module jdk.incubator.vector is there and HotSpot's C2 compiles it");
            }
            obstacle = "the preferred vectors have " + preferred + " bits, fewer than " + least;
        }
        if (forced.equals("vector")) {
            return failed("property " + PROVIDER_PROPERTY + " asks for vectors, which cannot work here: " + obstacle);
        }
        return new Decision(Provider.PLAIN, 0, obstacle, true, null);
    }

    private static Decision vector(int bits, String reason) {
        return new Decision(Provider.VECTOR, bits, reason, false, null);
    }

    private static Decision failed(String failure) {
        return new Decision(Provider.PLAIN, 0, failure, true, failure);
    }

    /** The first check that fails, or null; the width is checked by the caller, for it may be asked for. */
    private static @Nullable String obstacle() {
        int feature = Runtime.version().feature();
        if (feature < 17) {
            return "this is JDK " + feature + ", and the Vector API is used from 17 on";
        }
        String compiler = VirtualMachine.obstacle();
        if (compiler != null) {
            return compiler;
        }
        if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
            return "module jdk.incubator.vector is absent; start Java with --add-modules jdk.incubator.vector";
        }
        if ("false".equals(VirtualMachine.option("UseFMA"))) {
            return "the processor has no fused multiply-add, or -XX:-UseFMA turned it off";
        }
        return null;
    }

    private static boolean isArm() {
        String architecture = System.getProperty("os.arch", "");
        return architecture.equals("aarch64") || architecture.startsWith("arm");
    }

    private static int preferredBits() {
        // by name, so that this class loads where the Vector API does not
        try {
            return (int) Class.forName("org.impasto.kernels.internal.provider.PreferredWidth")
                    .getDeclaredMethod("bits")
                    .invoke(null);
        } catch (ReflectiveOperationException broken) {
            throw new BackendException(
                    "the vector classes of impasto-kernels cannot be loaded; is the jar whole?", broken);
        }
    }
}
