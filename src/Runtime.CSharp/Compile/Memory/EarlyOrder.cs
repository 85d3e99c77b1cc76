namespace Adjoint.Compile.Memory;

/// <summary>Has nodes run as soon as they can that free more bytes than they make; views too, which make nothing.</summary>
internal sealed class EarlyOrder
{
    private readonly Line line;
    private readonly LineLives lives;
    private readonly List<int>[] readers;
    private readonly int[] missing;
    private readonly int[] readsLeft;
    private readonly bool[] done;
    private readonly List<LineItem> order = [];

    private EarlyOrder(Line line)
    {
        this.line = line;
        lives = new(line);
        readers = [.. line.Items.Select(_ => new List<int>())];
        missing = new int[line.Items.Count];
        done = new bool[line.Items.Count];
        readsLeft = [.. lives.Reads.Select(reads => reads?.Count ?? 0)];
        for (int i = 0; i < line.Items.Count; i++)
        {
            foreach (int maker in line.Items[i].Operands.Select(operand => lives.Made[operand]).Where(step => step >= 0).Distinct())
            {
                readers[maker].Add(i);
                missing[i]++;
            }
        }
    }

    internal static void Apply(Line line)
    {
        var work = new EarlyOrder(line);
        for (int i = 0; i < line.Items.Count; i++)
        {
            work.Run(i);
        }

        line.Items = work.order;
    }

    /// <summary>Runs a node, and what can and had better run now.</summary>
    private void Run(int first)
    {
        var pending = new Stack<int>([first]);
        while (pending.TryPop(out int step))
        {
            if (done[step])
            {
                continue;
            }

            done[step] = true;
            order.Add(line.Items[step]);
            foreach (int root in RootsOf(step))
            {
                readsLeft[root]--;
            }

            foreach (int reader in readers[step])
            {
                missing[reader]--;
            }

            foreach (int reader in Enumerable.Reverse(readers[step]).Where(reader => missing[reader] == 0 && !done[reader] && Pays(reader)))
            {
                pending.Push(reader);
            }
        }
    }

    private bool Pays(int step)
    {
        LineItem item = line.Items[step];
        if (item.IsView)
        {
            return true;
        }

        bool waits = item.Operands.Where((_, i) => item.Updates(i)).Any(operand => readsLeft[lives.Roots[operand]] > 1);
        long made = item.Results.Sum(result => lives.Bytes[result]);
        long freed = RootsOf(step).Sum(root => readsLeft[root] == 1 && lives.Made[root] >= 0 ? lives.Bytes[root] : 0);
        return !waits && freed > made;
    }

    private IEnumerable<int> RootsOf(int step) => line.Items[step].Operands.Select(operand => lives.Roots[operand]).Distinct();
}
