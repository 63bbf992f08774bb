#ifndef C_DEMO_RECORDING_H
#define C_DEMO_RECORDING_H

#include <stddef.h>

/// One file of the recording that is compiled in.
typedef struct {
    /// The file's name, without folder.
    const char *_Nonnull name;
    /// Its bytes, in the read-only part of the binary.
    const unsigned char *_Nonnull bytes;
    /// How many there are.
    size_t length;
} demo_recording_file;

/// The files, in order of their names. An array of unknown length cannot be imported into Swift, hence functions.
const demo_recording_file *_Nonnull demo_recording_files(void);

/// How many files there are.
size_t demo_recording_file_count(void);

#endif
