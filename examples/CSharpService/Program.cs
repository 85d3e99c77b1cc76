using Adjoint.Execute;
using Adjoint.Formats;

namespace Adjoint.Examples.CSharpService;

/// <summary>A service reads a program from a file; several threads call it at once, each with data of its own.</summary>
public static class Program
{
    /// <summary>The program of a file, ready to run on many threads at once. The service needs nothing of the code that made it.</summary>
    public static Executable Read(string path) => SavedProgram.Load(path).Compile();

    /// <summary>The clients after so many steps each, all at the same time on threads of their own.</summary>
    public static IReadOnlyList<Client> Serve(int clients, int steps)
    {
        Executable program = Deployed();
        Client[] all = [.. Enumerable.Range(1, clients).Select(seed => new Client(program, seed))];
        Task[] running = [.. all.Select(client => Task.Factory.StartNew(
            () => client.Descend(steps), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Task.WaitAll(running);
        return all;
    }

    /// <summary>The program on its way through a file.</summary>
    private static Executable Deployed()
    {
        string path = Path.Combine(Path.GetTempPath(), $"loss-{Path.GetRandomFileName()}.adjoint");
        try
        {
            LossProgram.Save(path);
            return Read(path);
        }
        finally
        {
            File.Delete(path);
        }
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
