using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>Axes as users write them: negative ones count from the end.</summary>
internal static class Axis
{
    /// <summary>An axis counted from 0.</summary>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    internal static int Of(string operation, int axis, int rank, string? what = null)
    {
        if (axis >= -rank && axis < rank)
        {
            return axis < 0 ? axis + rank : axis;
        }

        throw new ShapeException(
            $"{operation}: axis {axis} is outside rank {rank}{(what is null ? "" : $" of {what}")}"
            + (rank == 0 ? "; a single number has no axes." : $"; give {-rank} to {rank - 1}.")).Here();
    }

    /// <summary>Distinct axes counted from 0, in increasing order; all of them where none are given.</summary>
    /// <exception cref="ShapeException">There is no such axis, or one stands twice.</exception>
    internal static Axes Of(string operation, IReadOnlyList<int>? axes, Expr x)
    {
        if (axes is null)
        {
            return Axes.All(x.Rank);
        }

        int[] sorted = [.. axes.Select(axis => Of(operation, axis, x.Rank, x.Type.ToString())).Order()];
        return sorted.Distinct().Count() == sorted.Length
            ? new Axes(sorted)
            : throw new ShapeException($"{operation}: axes [{string.Join(", ", axes)}] of {x.Type} name one axis twice.").Here();
    }
}
