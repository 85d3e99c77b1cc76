using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>How many registers the body of a loop over lanes wants.</summary>
internal static class LanePressure
{
    /// <summary>Registers that are needed besides values: a constant, and the copy of an operand that an instruction overwrites.</summary>
    private const int Spare = 2;

    /// <summary>How many vectors of lanes can run at a time so that their values stay in registers; at least one.</summary>
    internal static int Vectors(ForItem loop, Demands demands, LaneKinds kinds, int bytes, int rest)
    {
        int[] change = new int[loop.Body.Items.Count + 2];
        HashSet<LoopValue> outer = [];
        Dictionary<LoopValue, (int From, int To)> lives = [];
        for (int i = 0; i < loop.Body.Items.Count; i++)
        {
            LoopItem item = loop.Body.Items[i];
            foreach (LoopValue made in BlockWalk.Made(item))
            {
                lives.TryAdd(made, (i, i));
            }

            foreach (LoopValue read in ReadWithin(item))
            {
                if (lives.TryGetValue(read, out (int From, int To) life))
                {
                    lives[read] = (life.From, i);
                }
                else if (!read.IsConstant && !kinds[read].Varies)
                {
                    outer.Add(read);
                }
            }
        }

        foreach (LoopReduction reduction in loop.Reductions.Where(reduction => lives.ContainsKey(reduction.Element)))
        {
            lives[reduction.Element] = (lives[reduction.Element].From, loop.Body.Items.Count);
        }

        foreach ((LoopValue value, (int from, int to)) in lives.Where(life => kinds[life.Key].Varies))
        {
            int registers = Registers(value, demands, bytes, rest);
            change[from] += registers;
            change[to] -= registers;
        }

        int most = 1;
        for (int i = 1; i < change.Length; i++)
        {
            change[i] += change[i - 1];
            most = Math.Max(most, change[i]);
        }

        int free = (bytes == 64 ? 32 : 16) - Spare - outer.Sum(value => Registers(value, demands, bytes, bytes / 8));
        return Math.Max(free / most, 1);
    }

    /// <summary>The registers of a value, of so many lanes.</summary>
    private static int Registers(LoopValue value, Demands demands, int bytes, int lanes) =>
        (demands.AsVector(value, 4) ? Math.Max(lanes * 4 / bytes, 1) : 0) + (demands.AsVector(value, 8) ? Math.Max(lanes * 8 / bytes, 1) : 0);

    private static IEnumerable<LoopValue> ReadWithin(LoopItem item) =>
        BlockWalk.Read(item).Concat(BlockWalk.Inside(item).SelectMany(BlockWalk.All).SelectMany(inner => (IEnumerable<LoopValue>)BlockWalk.Read(inner)));
}
