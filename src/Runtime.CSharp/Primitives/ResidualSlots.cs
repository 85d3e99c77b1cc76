using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Places for the residuals of several branches, of which one runs: residuals of one type share a place.</summary>
internal sealed class ResidualSlots
{
    private readonly List<ValueType> types = [];
    private readonly List<int[]> places = [];

    internal ResidualSlots(IEnumerable<ImmutableArray<ValueType>> branches)
    {
        foreach (ImmutableArray<ValueType> residuals in branches)
        {
            var taken = new HashSet<int>();
            places.Add([.. residuals.Select(type => Place(type, taken))]);
        }
    }

    /// <summary>The primal branch, its residuals in their places and zeros in the others.</summary>
    internal Body Primal(int branch, Graph primal, int results)
    {
        Value?[] residuals = new Value?[types.Count];
        for (int i = 0; i < places[branch].Length; i++)
        {
            residuals[places[branch][i]] = primal.Results[results + i];
        }

        return new Graph(
            primal.Parameters,
            [.. primal.Results.Take(results), .. residuals.Select((value, slot) => value ?? Ops.Zeros(types[slot]))]);
    }

    /// <summary>The linear branch as a function of all forwarded arguments, all places and the tangents.</summary>
    internal Body Linear(int branch, LinearizedBody split, ParameterMask forwarded, Graph original)
    {
        Value?[] slots = new Value?[types.Count];
        int own = split.Forwarded.Ones;
        for (int i = 0; i < places[branch].Length; i++)
        {
            slots[places[branch][i]] = split.Linear.Parameters[own + i];
        }

        return new Graph(
            [
                .. forwarded.Choose(original.Parameters),
                .. slots.Select((value, slot) => value ?? Value.Parameter(types[slot])),
                .. split.Linear.Parameters.Skip(own + split.Residuals.Length),
            ],
            split.Linear.Results);
    }

    private int Place(ValueType type, HashSet<int> taken)
    {
        for (int slot = 0; slot < types.Count; slot++)
        {
            if (types[slot].Equals(type) && taken.Add(slot))
            {
                return slot;
            }
        }

        types.Add(type);
        taken.Add(types.Count - 1);
        return types.Count - 1;
    }
}
