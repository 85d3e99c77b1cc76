namespace Adjoint.Formats;

/// <summary>Files that are written whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes a file beside the one that is meant, flushes it to the disk, and renames it: whoever reads the path meets the old file or the
    /// new one. If writing fails, the new file is removed. The old one's permissions stay, and a link stays a link.
    /// </summary>
    internal static void Write(string path, Action<Stream> write)
    {
        string target = Target(path);
        string temporary = Path.Combine(Path.GetDirectoryName(target)!, $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (FileStream file = Create(temporary, target))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>The file that a path means: links are followed, so that the file behind them is replaced.</summary>
    private static string Target(string path)
    {
        string full = Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
    }

    private static FileStream Create(string temporary, string target)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 1 << 16 };
        if (OperatingSystem.IsWindows() || !File.Exists(target))
        {
            return new(temporary, options);
        }

        // The file is never more open to others than the one that it replaces.
        UnixFileMode mode = File.GetUnixFileMode(target);
        options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(temporary, options);
        File.SetUnixFileMode(file.SafeFileHandle, mode);
        return file;
    }
}
