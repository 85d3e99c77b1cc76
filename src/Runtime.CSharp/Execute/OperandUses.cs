using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>How one step reads memory: which roots lie behind its operands, and which of them it reads for the last time.</summary>
internal sealed class OperandUses
{
    private readonly PlanValues values;
    private readonly Dictionary<int, int> readers = [];
    private readonly Dictionary<int, int> first = [];
    private readonly List<int> ending = [];
    private readonly List<int> endingAlone = [];
    private readonly List<int> roots = [];

    internal OperandUses(PlanValues values) => this.values = values;

    /// <summary>The roots that are read here for the last time, in the order of the operands.</summary>
    internal IReadOnlyList<int> Ending => ending;

    /// <summary>The operands whose memory is read here for the last time, and by no other operand.</summary>
    internal List<int> EndingAlone => endingAlone;

    /// <summary>Takes a step; constants read nothing.</summary>
    internal void Read(Node node, int place)
    {
        readers.Clear();
        first.Clear();
        ending.Clear();
        endingAlone.Clear();
        roots.Clear();
        for (int i = 0; i < node.Operands.Length && values.Kinds[place] != StepKind.Constant; i++)
        {
            int number = values[node.Operands[i]];
            int root = values.Root(number);
            roots.Add(root);
            first.TryAdd(number, i);
            int before = readers.GetValueOrDefault(root);
            readers[root] = before + 1;
            if (before == 0 && values.LastUse(root) == place)
            {
                ending.Add(root);
            }
        }

        for (int i = 0; i < roots.Count; i++)
        {
            if (readers[roots[i]] == 1 && values.LastUse(roots[i]) == place)
            {
                endingAlone.Add(i);
            }
        }
    }

    /// <summary>Results that nothing reads end where they are made.</summary>
    internal void EndToo(IEnumerable<int> results) => ending.AddRange(results);

    /// <summary>The root behind an operand.</summary>
    internal int Root(int operand) => roots[operand];

    /// <summary>How many operands lie in the memory of a root.</summary>
    internal int Readers(int root) => readers[root];

    /// <summary>The first operand that is this value, or <see cref="Step.None"/>.</summary>
    internal int First(int number) => first.GetValueOrDefault(number, Step.None);
}
