using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>Arguments that are given away: their memory serves the run, and whoever touches them afterwards is told so.</summary>
internal static class Donation
{
    /// <summary>Makes the donated arguments owned, and takes their elements from the caller's arrays.</summary>
    internal static void Take(Graph graph, Span<Held> arguments, ImmutableArray<int> donated)
    {
        foreach (int index in donated)
        {
            Check(arguments, donated, index);
        }

        foreach (int index in donated)
        {
            NDArray array = arguments[index].Array;
            arguments[index] = Held.New(array.Reshaped(array.Shape));
            string name = graph.Parameters[index].Name is { } given ? $" '{given}'" : "";
            array.Retire($"array: {array.Describe()} was donated to a run as argument {index}{name}, so its elements are gone. "
                + "Use what the run gave, or keep a copy.");
        }
    }

    private static void Check(Span<Held> arguments, ImmutableArray<int> donated, int index)
    {
        if ((uint)index >= (uint)arguments.Length || donated.Count(other => other == index) > 1)
        {
            throw new StructureException($"run: argument {index} is donated; there are {arguments.Length} arguments, each donated once at most.");
        }

        if (arguments[index].Value is not NDArray array)
        {
            throw new StructureException($"run: argument {index} is a stack, which cannot be donated.");
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (i != index && arguments[i].Value is NDArray other && ReferenceEquals(other.Storage, array.Storage) && array.Size > 0)
            {
                throw new StructureException($"run: argument {index} is donated and is argument {i} too. Copy one of them.");
            }
        }
    }
}
