package org.impasto.core.weights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.impasto.core.FileFailure;
import org.impasto.core.WeightException;

/**
 * An index of shards: a JSON file whose {@code weight_map} says which file beside it holds which tensor. Tensors of a
 * shard that the index does not list are not seen.
 */
final class ShardIndex {
    private static final int MAX_SHARDS = 1000;
    private static final List<String> SUFFIXES =
            List.of(".safetensors.index.json", ".bin.index.json", ".safetensors", ".bin", ".pth", ".pt", ".ckpt");

    private ShardIndex() {}

    /** The file of a folder to open: its index, or its only weight file. */
    static Path find(Path folder) {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.sorted().toList();
        } catch (IOException failure) {
            throw new WeightException(folder + ": cannot be listed: " + FileFailure.reason(failure), failure);
        }
        for (String suffix : SUFFIXES) {
            List<Path> found = files.stream()
                    .filter(file -> file.getFileName().toString().endsWith(suffix))
                    .toList();
            if (found.size() == 1) {
                return found.get(0);
            }
            if (found.size() > 1) {
                throw new WeightException(folder + ": expected one file *" + suffix + ", found "
                        + found.stream()
                                .limit(5)
                                .map(file -> file.getFileName().toString())
                                .toList());
            }
        }
        throw new WeightException(folder + ": a folder without an index of shards (*.safetensors.index.json) and"
                + " without a weight file");
    }

    static WeightTable read(ByteSource index, Function<String, ByteSource> open) {
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, String> places = places(index, metadata);
        Map<String, WeightTable> shards = new HashMap<>();
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        places.forEach((name, file) -> {
            WeightTable shard = shards.computeIfAbsent(file, missing -> {
                if (shards.size() == MAX_SHARDS) {
                    throw new WeightException(index.name() + ": names more than " + MAX_SHARDS + " files");
                }
                return FileFormat.read(open.apply(missing));
            });
            StoredTensor tensor = shard.tensors().get(name);
            if (tensor == null) {
                throw new WeightException(index.name() + ", tensor " + WeightTable.quote(name)
                        + ": the index says that " + file + " holds it, but that file does not");
            }
            tensors.put(name, tensor);
        });
        return new WeightTable("sharded, " + shards.size() + " files", tensors, metadata, Map.of());
    }

    private static Map<String, String> places(ByteSource index, Map<String, String> metadata) {
        String text = new ByteCursor(index, 0, index.size())
                .text(index.size(), Safetensors.MAX_HEADER, StandardCharsets.UTF_8, "the index");
        Map<String, String> places = new LinkedHashMap<>();
        boolean[] mapped = {false};
        StrictJson.readObject(text, index.name(), (member, value) -> {
            switch (member) {
                case "metadata" ->
                    value.object((key, content) -> {
                        if (content.isScalar()) {
                            metadata.put(key, content.scalar());
                        } else {
                            content.skip();
                        }
                    });
                case "weight_map" -> {
                    mapped[0] = true;
                    value.object((name, file) -> places.put(name, plainName(index, file.string())));
                }
                default -> value.skip();
            }
        });
        if (!mapped[0]) {
            throw new WeightException(index.name() + ": JSON without a weight_map, so no index of shards");
        }
        return places;
    }

    // An index may name files beside it only, never a path to elsewhere.
    private static String plainName(ByteSource index, String file) {
        if (file.isEmpty() || file.equals(".") || file.equals("..") || !file.matches("[\\w.+@=, -]+")) {
            throw new WeightException(index.name() + ": names the shard " + WeightTable.quote(file)
                    + ", expected the name of a file in the same folder");
        }
        return file;
    }
}
