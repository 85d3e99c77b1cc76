namespace Adjoint.Kernels;

/// <summary>Lines of elements along an axis of a dense array, and how they are shared out.</summary>
/// <param name="Count">How many lines there are.</param>
/// <param name="Extent">How many elements each has.</param>
/// <param name="Stride">How far neighbours on a line lie apart.</param>
internal readonly record struct Lines(int Count, int Extent, int Stride)
{
    /// <summary>More tasks would take more memory to work in.</summary>
    private const int MostTasks = 16;

    /// <summary>Fewer elements are not worth a task.</summary>
    private const int LeastElements = 4096;

    /// <summary>How many lines a task has; it follows from the shape alone.</summary>
    internal int Each => Math.Max(GemmTiling.Ceiling(Count, MostTasks), Math.Max(1, LeastElements / Math.Max(1, Extent)));

    /// <summary>How many tasks there are.</summary>
    internal int Tasks => GemmTiling.Ceiling(Count, Each);

    /// <summary>Where the first element of a line lies.</summary>
    internal int Start(int line) => (line / Stride * Extent * Stride) + (line % Stride);
}
