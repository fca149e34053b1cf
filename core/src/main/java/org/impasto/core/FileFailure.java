package org.impasto.core;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What went wrong with a file, in the words of messages. */
public final class FileFailure {
    private FileFailure() {}

    /** The innermost reason of a failure; codecs wrap it, and the classes of the file system say it by their names alone. */
    public static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        if (cause instanceof FileSystemException system) {
            message = inWords(system);
        } else if (cause instanceof EOFException && message == null) {
            message = "it ends too early";
        } else if (cause instanceof ClosedByInterruptException) {
            message = "the thread was interrupted";
        }
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** Whether there is such a file; one that this user may not look at is no absent one, as {@link Files#exists} has it. */
    public static boolean isThere(Path file) throws AccessDeniedException {
        try {
            Files.readAttributes(file, BasicFileAttributes.class);
            return true;
        } catch (AccessDeniedException denied) {
            throw denied;
        } catch (IOException absent) {
            return false;
        }
    }

    private static String inWords(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or folder";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "there is a file of that name";
        }
        if (failure instanceof FileSystemLoopException) {
            return "links that lead in a circle";
        }
        if (failure instanceof NotDirectoryException) {
            return "is no folder";
        }
        return failure.getReason() == null ? failure.toString() : failure.getReason();
    }
}
