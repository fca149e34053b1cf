package org.impasto.core.image;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads one picture in a process of its own: prints its size and the peaks of the heap's pools in bytes. */
final class PeakHeapProbe {
    private PeakHeapProbe() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[1]);
        Image image = arguments[0].equals("stream") ? Image.read(Files.newInputStream(file)) : Image.read(file);
        long peak = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                peak += pool.getPeakUsage().getUsed();
            }
        }
        System.out.println(image + " sum of pool peaks " + peak);
    }
}
