package org.impasto.core;

import java.io.EOFException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

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
        }
        return message == null ? cause.getClass().getSimpleName() : message;
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
        if (failure instanceof NotDirectoryException) {
            return "is no folder";
        }
        return failure.getReason() == null ? failure.toString() : failure.getReason();
    }
}
