package org.impasto.kernels.internal.provider;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/** Facts about the JVM that decide whether vector code will be compiled well. */
final class VirtualMachine {
    private VirtualMachine() {}

    /** Why this JVM's compiler does not suit vector code, or null. */
    static @Nullable String obstacle() {
        String name = System.getProperty("java.vm.name", "");
        if (!name.contains("HotSpot") && !name.contains("OpenJDK")) {
            return "the JVM is '" + name + "', not HotSpot, whose compiler C2 the Vector API needs";
        }
        if (System.getProperty("java.vm.info", "").contains("interpreted")) {
            return "the JVM only interprets; start Java without -Xint";
        }
        if ("true".equals(option("UseJVMCICompiler"))) {
            return "the JVM compiles with Graal, which runs Vector API code slower than plain loops; start Java with "
                    + "-XX:-UseJVMCICompiler";
        }
        String level = option("TieredStopAtLevel");
        if ("true".equals(option("TieredCompilation")) && level != null && Integer.parseInt(level) < 4) {
            return "the JVM stops compiling before C2; start Java without -XX:TieredStopAtLevel=" + level;
        }
        String mode = option("CompilationMode");
        if ("quick-only".equals(mode)) {
            return "the JVM stops compiling before C2; start Java without -XX:CompilationMode=quick-only";
        }
        return null;
    }

    /** The value of an option of HotSpot; null where it does not exist or cannot be asked for. */
    static @Nullable String option(String name) {
        try {
            HotSpotDiagnosticMXBean diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return diagnostics == null ? null : diagnostics.getVMOption(name).getValue();
        } catch (IllegalArgumentException | LinkageError absent) {
            return null;
        }
    }
}
