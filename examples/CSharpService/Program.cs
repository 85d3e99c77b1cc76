namespace Adjoint.Examples.CSharpService;

/// <summary>Several threads call one compiled program at once, each with data of its own.</summary>
public static class Program
{
    /// <summary>The clients after so many steps each, all at the same time on threads of their own.</summary>
    public static IReadOnlyList<Client> Serve(int clients, int steps)
    {
        Client[] all = [.. Enumerable.Range(1, clients).Select(seed => new Client(seed))];
        Task[] running = [.. all.Select(client => Task.Factory.StartNew(
            () => client.Descend(steps), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(running);
        return all;
    }

    private static void Main()
    {
        foreach (Client client in Serve(clients: 4, steps: 300))
        {
            Console.WriteLine(
                $"loss {client.Loss:E1}, weights off by {client.WeightError:E1}, gradients by at most {client.GradientError:E1}");
        }
    }
}
