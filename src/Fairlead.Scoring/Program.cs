using Fairlead.Scoring.Hosting;

return await ScoringProgram.RunAsync(args);
