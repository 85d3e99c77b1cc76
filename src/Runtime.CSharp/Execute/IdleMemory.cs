using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Adjoint.Execute;

/// <summary>Has an executable let its memory go if it did not run between two full collections of garbage.</summary>
/// <remarks>Nobody holds this object: its finalizer runs after each full collection, for as long as the executable lives.</remarks>
internal sealed class IdleMemory
{
    /// <summary>A bare handle: a WeakReference may be finalized before this object.</summary>
    private WeakGCHandle<Executable> watched;

    private IdleMemory(Executable executable) => watched = new(executable);

    [SuppressMessage("Design", "MA0055:Do not use finalizer", Justification = "It is how a collection is noticed; nothing is owned.")]
    ~IdleMemory()
    {
        if (watched.TryGetTarget(out Executable? executable))
        {
            executable.ReleaseIfIdle();
            GC.ReRegisterForFinalize(this);
        }
        else
        {
            watched.Dispose();
        }
    }

    /// <summary>Watches an executable from now on.</summary>
    internal static void Watch(Executable executable) => _ = new IdleMemory(executable);
}
