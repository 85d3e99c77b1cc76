using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile.Fusion;

/// <summary>Numbers the different indices at which the code of groups asks for elements: each of them is code of its own.</summary>
/// <remarks>
/// What reads its operand at two places, and does so a dozen times over, would be written out thousands of times. Sets are in ascending order.
/// </remarks>
internal sealed class FusionSites
{
    /// <summary>The one index of what is computed for each index of a group's space, or for each row.</summary>
    internal static readonly ImmutableArray<int> One = [0];

    private readonly Dictionary<(Node Reader, int Operand, int Site), int> numbers = [];

    /// <summary>Where a node that moves elements asks for those of an operand, being asked itself at these places.</summary>
    internal ImmutableArray<int> Through(Node reader, int operand, ImmutableArray<int> asked)
    {
        var found = new int[asked.Length];
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = NumberOf((reader, operand, asked[i]));
        }

        Array.Sort(found);
        return [.. found];
    }

    /// <summary>The places of both.</summary>
    internal static ImmutableArray<int> Union(ImmutableArray<int> left, ImmutableArray<int> right)
    {
        if (left == right)
        {
            return left;
        }

        var both = ImmutableArray.CreateBuilder<int>(left.Length + right.Length);
        (int i, int j) = (0, 0);
        while (i < left.Length || j < right.Length)
        {
            int next = j == right.Length || (i < left.Length && left[i] <= right[j]) ? left[i] : right[j];
            both.Add(next);
            i += i < left.Length && left[i] == next ? 1 : 0;
            j += j < right.Length && right[j] == next ? 1 : 0;
        }

        return both.DrainToImmutable();
    }

    private int NumberOf((Node Reader, int Operand, int Site) site)
    {
        if (!numbers.TryGetValue(site, out int number))
        {
            numbers.Add(site, number = numbers.Count + 1);
        }

        return number;
    }
}
