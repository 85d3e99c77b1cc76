using Adjoint.Ir;

namespace Adjoint.Compile.Methods;

/// <summary>What is small.</summary>
internal static class Sizes
{
    /// <summary>The most elements of a tensor that lives in registers.</summary>
    internal const int MostRegisters = 8;

    /// <summary>The most elements of a small matrix, or several, that lives in registers: lines this short are not worth lanes.</summary>
    private const int MostInMatrix = 16;

    private const int ShortLine = 4;

    /// <summary>The most elements of a tensor in registers that is read at places that are not known.</summary>
    internal const int MostChoices = 4;

    /// <summary>The most instructions that are written out for the elements of a tensor in registers.</summary>
    internal const double MostUnrolledWork = 1200;

    /// <summary>The most instructions of an element that is computed again wherever it is read.</summary>
    internal const double CheapWork = 2;

    /// <summary>The most instructions of an element in one loop.</summary>
    internal const double MostWork = 400;

    internal static bool InRegisters(TensorType type) => AreFew(type.Shape.ToArray());

    /// <summary>Whether there are so few elements that each is a number by itself.</summary>
    internal static bool AreFew(int[] extents)
    {
        long size = 1;
        foreach (int extent in extents)
        {
            size *= extent;
        }

        return size <= MostRegisters || (size <= MostInMatrix && extents[^1] <= ShortLine);
    }
}
